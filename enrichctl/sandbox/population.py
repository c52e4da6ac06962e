"""The made-up people and companies: the truth behind every answer of the sandbox.

About 300 people in 120 companies are fixed by the seed. Anybody else is made up when asked
about, always the same way: from the e-mail address, or the company's name and country.
"""

import re
from dataclasses import replace
from functools import lru_cache
from typing import Any

from enrichctl.sandbox.dice import Dice
from enrichctl.sandbox.makeup import (
    LAND,
    Company,
    Person,
    make_company,
    make_person,
    names_of,
    profile_key,
    slug,
    spells_a_name,
)
from enrichctl.sandbox.words import (
    COMPANY_ENDS,
    COMPANY_STARTS,
    DEMONSTRATIONS,
    FIRST_NAMES,
    FREE_MAIL,
    LANDS,
    LAST_NAMES,
    LEGAL_FORMS,
    ROLES,
)

PEOPLE, COMPANIES = 300, 120
STRANGERS_UNKNOWN = 0.1  # share of made-up addresses that belong to nobody
STRANGERS_KEPT = 0.75  # share of unknown people and companies that an account has a record of
LINKS_KEPT = 100_000  # profile addresses remembered for people outside the fixed population
MAIL = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@([^\W_]([\w-]*[^\W_])?\.)+[^\W_][\w-]*[^\W_]"
)
TLDS = {land.tld.rpartition(".")[2]: land.code for land in LANDS}
PERSON_HOLES = ("job_title", "seniority", "phone", "linkedin_url", "location")
COMPANY_HOLES = ("industry", "size", "description", "phone", "email", "linkedin_url")


class Population:
    """Everybody there is.

    Args:
        seed: Chooses the fixed population.
        miss_rate: Share of the people and companies that one vendor does not know, 0-1.
        hole_rate: Share of the facts that a vendor lacks about those whom it knows, 0-1.
        mix_up_rate: Share of the people whom a vendor takes for somebody else, 0-1.
    """

    def __init__(
        self,
        seed: int = 1,
        miss_rate: float = 0.2,
        hole_rate: float = 0.15,
        mix_up_rate: float = 0.0,
    ) -> None:
        self.seed = seed
        self.miss_rate = miss_rate
        self.hole_rate = hole_rate
        self.mix_up_rate = mix_up_rate
        companies, people = _settle(seed)
        self.companies = {one.domain: one for one in companies}
        self.people = {one.email: one for one in people}
        self._named = {slug(one.name): one for one in companies}
        self._profiles = {profile_key(one.linkedin_url): one.email for one in people}

    def anybody(self, email: str) -> Person:
        """Return the person an address would belong to, real or not: what a CRM may hold."""
        email = email.strip().lower()
        if email in self.people:
            return self.people[email]
        local, _, domain = email.rpartition("@")
        if domain in FREE_MAIL:
            home = Dice(self.seed, "home", email).pick(tuple(self.companies.values()))
        else:
            home = self.at_domain(domain)
        person = make_person(email, *names_of(local), home)
        if not spells_a_name(local):
            key = f"{slug(local, '-')}-{profile_key(person.linkedin_url).rpartition('-')[2]}"
            person = replace(person, linkedin_url=f"https://www.linkedin.com/in/{key}")
        if len(self._profiles) < LINKS_KEPT:
            self._profiles.setdefault(profile_key(person.linkedin_url), email)
        return person

    def person(self, email: str) -> Person | None:
        """Return the truth about an address, None when it is malformed or belongs to nobody."""
        email = email.strip().lower()
        if email in self.people:
            return self.people[email]
        local = email.partition("@")[0]
        if not is_mail(email) or local in ROLES:
            return None
        return None if Dice("nobody", email).chance(STRANGERS_UNKNOWN) else self.anybody(email)

    def person_at(self, vendor: str, email: str) -> Person | None:
        """Return what one vendor knows of a person: the truth with holes, or nothing.

        A name that the address does not spell out is nothing that a vendor could know: the row
        may say another.
        """
        truth = self.person(email)
        if truth is None or Dice("miss", vendor, truth.email).chance(self.miss_rate):
            return None
        if self.mixes_up(vendor, truth.email):
            truth = self._somebody_else(truth)
        elif truth.email not in self.people and not spells_a_name(truth.email.partition("@")[0]):
            truth = replace(truth, first_name="", last_name="")
        dice = Dice("holes", vendor, truth.email)
        return replace(
            truth,
            company=self._with_holes(vendor, truth.company),
            **{name: "" for name in PERSON_HOLES if dice.chance(self.hole_rate)},
        )

    def mixes_up(self, vendor: str, email: str) -> bool:
        """Tell whether a vendor takes the owner of an address for somebody else."""
        return Dice("mix-up", vendor, email.strip().lower()).chance(self.mix_up_rate)

    def _somebody_else(self, truth: Person) -> Person:
        """Return another person: a stranger, a colleague or a relative of the same last name."""
        dice = Dice("somebody else", truth.email)
        named = {slug(truth.first_name), slug(truth.last_name)}
        others = [
            one
            for one in self.people.values()
            if named.isdisjoint((slug(one.first_name), slug(one.last_name)))
            and slug(one.first_name)[:1] != slug(truth.first_name)[:1]
        ]
        other = dice.pick(others)
        match dice.pick(("stranger", "stranger", "colleague", "relative")):
            case "colleague":
                return replace(other, company=truth.company)
            case "relative":
                return replace(other, last_name=truth.last_name)
        return other

    def at_domain(self, domain: str) -> Company:
        """Return the company that has a domain."""
        domain = domain.strip().lower().removeprefix("www.")
        if domain in self.companies:
            return self.companies[domain]
        label, _, ending = domain.partition(".")
        words = [word for word in label.split("-") if word not in DEMONSTRATIONS]
        name = " ".join(word.capitalize() for word in words) or domain
        code = TLDS.get(ending.rpartition(".")[2])
        land = LAND[code] if code else Dice("land", domain).pick(LANDS)
        return make_company(name, domain, land)

    def named(self, name: str, country_code: str = "") -> Company:
        """Return the company that has a name, in a country where one is given."""
        name = " ".join(name.split())
        known = self._named.get(slug(name))
        if known and country_code.upper() in ("", known.country_code):
            return known
        last = slug(name.split()[-1]) if name else ""
        code = country_code.upper() or LEGAL_FORMS.get(last, "")
        land = LAND.get(code) or Dice("land", slug(name)).pick(LANDS)
        return make_company(name, f"{slug(name, '-') or 'company'}.{land.tld}", land)

    def company(self, domain_or_name: str, country_code: str = "") -> Company | None:
        """Return the truth about a company by domain or name, None when there is no such."""
        text = domain_or_name.strip()
        if not text:
            return None
        is_domain = "." in text and " " not in text and not text.endswith(".")
        return self.at_domain(text) if is_domain else self.named(text, country_code)

    def company_at(self, vendor: str, truth: Company | None) -> Company | None:
        """Return what one vendor knows of a company: the truth with holes, or nothing."""
        if truth is None or Dice("miss", vendor, truth.leadlex_id).chance(self.miss_rate):
            return None
        return self._with_holes(vendor, truth)

    def _with_holes(self, vendor: str, truth: Company) -> Company:
        dice = Dice("holes", vendor, truth.leadlex_id)
        holes: dict[str, Any] = {name: "" for name in COMPANY_HOLES if dice.chance(self.hole_rate)}
        return replace(truth, **holes)

    def email_of(
        self, *, email: str = "", profile: str = "", first: str = "", last: str = "", at: str = ""
    ) -> str:
        """Return the address of the person who is meant, "" when that cannot be told.

        Args:
            email: Their address, which decides when it is given.
            profile: Their LinkedIn address, which decides next.
            first: First name, only of use with the others.
            last: Last name.
            at: Domain or name of their company.
        """
        if email:
            return email.strip().lower()
        if profile and (found := self._profiles.get(profile_key(profile))):
            return found
        if profile and not (last and at):
            words = profile_key(profile).split("-")
            if words[-1].isalnum() and any(letter.isdigit() for letter in words[-1]):
                words.pop()
            home = Dice("home", profile_key(profile)).pick(tuple(self.companies.values()))
            return f"{'.'.join(words)}@{home.domain}"
        company = self.company(at) if at else None
        if company is None or not last:
            return ""
        return f"{'.'.join(filter(None, (slug(first), slug(last))))}@{company.domain}"


def is_mail(text: str) -> bool:
    """Tell whether a text has the form of an e-mail address."""
    return MAIL.fullmatch(text) is not None


@lru_cache(maxsize=4)
def _settle(seed: int) -> tuple[tuple[Company, ...], tuple[Person, ...]]:
    """Make the fixed population of a seed."""
    companies: dict[str, Company] = {}
    people: dict[str, Person] = {}
    number = 0
    while len(companies) < COMPANIES:
        number += 1
        dice = Dice(seed, "company", number)
        name = f"{dice.pick(COMPANY_STARTS)} {dice.pick(COMPANY_ENDS)}"
        if name not in companies:
            land = dice.pick(LANDS)
            domain = f"{slug(name, '-')}.{land.tld}"
            companies[name] = make_company(name, domain, land, len(companies) + 1)
    homes = tuple(companies.values())
    while len(people) < PEOPLE:
        number += 1
        dice = Dice(seed, "person", number)
        first, last, home = dice.pick(FIRST_NAMES), dice.pick(LAST_NAMES), dice.pick(homes)
        email = f"{slug(first)}.{slug(last)}@{home.domain}"
        people.setdefault(email, make_person(email, first, last, home))
    return homes, tuple(people.values())
