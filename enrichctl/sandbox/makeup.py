"""One made-up person or company, always the same for the same address or name."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

from enrichctl.sandbox.dice import Dice
from enrichctl.sandbox.words import (
    FIRST_NAMES,
    INDUSTRIES,
    LANDS,
    LAST_NAMES,
    SIZES,
    TITLES,
    TOOLS,
    Land,
)

LAND = {land.code: land for land in LANDS}


@dataclass(frozen=True, slots=True)
class Company:
    """A company. A text that a vendor does not know is empty, a year 0."""

    name: str
    domain: str
    industry: str
    size: str
    founded_year: int
    description: str
    tech_stack: tuple[str, ...]
    address: str
    postal_code: str
    city: str
    country: str
    country_code: str
    phone: str
    email: str
    website: str
    linkedin_url: str
    logo_url: str
    leadlex_id: str
    close_lead_id: str
    superoffice_id: int
    superoffice_enrich_id: int

    @property
    def location(self) -> str:
        """Return city and country as one text."""
        return f"{self.city}, {self.country}"


@dataclass(frozen=True, slots=True)
class Person:
    """A person at work. A text that a vendor does not know is empty."""

    email: str
    first_name: str
    last_name: str
    job_title: str
    seniority: str
    department: str
    phone: str
    linkedin_url: str
    location: str
    city: str
    country: str
    country_code: str
    email_status: str
    company: Company
    leadlex_id: str
    close_contact_id: str
    lemlist_lead_id: str
    lemlist_contact_id: str

    @property
    def full_name(self) -> str:
        """Return first and last name."""
        return f"{self.first_name} {self.last_name}".strip()


def slug(text: str, between: str = "") -> str:
    """Return the letters and digits of a text, without accents, in lower case."""
    plain = text.translate(str.maketrans("øØłŁæÆ", "oOlLaA")).replace("ß", "ss")
    plain = unicodedata.normalize("NFKD", plain).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", between, plain.replace("'", "")).strip(between or None)


def profile_key(url: str) -> str:
    """Return what two spellings of one LinkedIn profile have in common."""
    return url.lower().partition("?")[0].rstrip("/").rpartition("/")[2]


def _digits(dice: Dice, form: str) -> str:
    return "".join(str(dice.below(10)) if sign == "#" else sign for sign in form)


def names_of(local: str) -> tuple[str, str]:
    """Make a first and a last name that go with the local part of an address."""
    dice = Dice("name", local)
    words = [word for word in re.split(r"[^a-z]+", slug(local.partition("+")[0], " ")) if word]
    first = words[0].capitalize() if words else dice.pick(FIRST_NAMES)
    if len(first) == 1:
        first = dice.pick([name for name in FIRST_NAMES if name[0] == first] or FIRST_NAMES)
    last = " ".join(word.capitalize() for word in words[1:]) or dice.pick(LAST_NAMES)
    return first, last


def spells_a_name(local: str) -> bool:
    """Tell whether the local part of an address holds a first and a last name."""
    words = slug(local.partition("+")[0], " ").split()
    return len([word for word in words if word.isalpha() and len(word) > 1]) > 1


@lru_cache(maxsize=10_000)
def make_person(email: str, first: str, last: str, home: Company) -> Person:
    """Make up everything about the owner of an address."""
    dice = Dice("person", email)
    title, seniority, department = dice.pick(TITLES)
    ids = Dice("ids", email)
    return Person(
        email=email,
        first_name=first,
        last_name=last,
        job_title=title,
        seniority=seniority,
        department=department,
        phone=_digits(dice, LAND[home.country_code].phone),
        linkedin_url=f"https://www.linkedin.com/in/{slug(first)}-{slug(last, '-')}"
        f"-{dice.below(16**6):06x}",
        location=home.location,
        city=home.city,
        country=home.country,
        country_code=home.country_code,
        email_status=dice.pick(("deliverable",) * 7 + ("risky", "risky", "undeliverable")),
        company=home,
        leadlex_id=str(UUID(int=ids.below(1 << 128), version=4)),
        close_contact_id=f"cont_{ids.letters(43)}",
        lemlist_lead_id=f"lea_{Dice('lead', email).letters(17)}",
        lemlist_contact_id=f"ctc_{Dice('contact', email).letters(17)}",
    )


@lru_cache(maxsize=10_000)
def make_company(name: str, domain: str, land: Land, number: int = 0) -> Company:
    """Make up everything about a company; ``number`` is its SuperOffice id, 0 makes one up."""
    dice, ids = Dice("company", domain, land.code), Dice("ids", domain, land.code)
    industry, city = dice.pick(INDUSTRIES), dice.pick(land.cities)
    founded = 1900 + dice.below(122)
    return Company(
        name=name,
        domain=domain,
        industry=industry,
        size=dice.pick(SIZES),
        founded_year=founded,
        description=f"{name} is a company in {industry.lower()} from {city}, founded in {founded}.",
        tech_stack=tuple(sorted({dice.pick(TOOLS) for _ in range(3)})),
        address=f"{dice.pick(land.streets)} {1 + dice.below(99)}",
        postal_code=_digits(dice, land.postcode),
        city=city,
        country=land.name,
        country_code=land.code,
        phone=_digits(dice, land.phone),
        email=f"info@{domain}",
        website=f"https://www.{domain}",
        linkedin_url=f"https://www.linkedin.com/company/{slug(name, '-')}",
        logo_url=f"https://logo.{domain}/logo.png",
        leadlex_id=str(UUID(int=ids.below(1 << 128), version=4)),
        close_lead_id=f"lead_{ids.letters(43)}",
        superoffice_id=number or 1000 + Dice("so", domain, land.code).below(1 << 30),
        superoffice_enrich_id=500_000 + Dice("enrich", domain, land.code).below(1 << 30),
    )
