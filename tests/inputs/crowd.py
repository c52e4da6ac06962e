"""500 made-up records of 30 countries and more, of which many look alike and few are one person.

Each record carries the person whom it means, and what a vendor or a table may say of that person.
Which national numbers are read in several countries is worked out with phonenumbers alone.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import product

import phonenumbers

LANDS = {
    "DE": "Germany", "NL": "Netherlands", "IT": "Italy", "FR": "France", "ES": "Spain",
    "PT": "Portugal", "BE": "Belgium", "AT": "Austria", "CH": "Switzerland", "GB": "United Kingdom",
    "IE": "Ireland", "NO": "Norway", "SE": "Sweden", "DK": "Denmark", "FI": "Finland",
    "PL": "Poland", "CZ": "Czechia", "SK": "Slovakia", "HU": "Hungary", "RO": "Romania",
    "BG": "Bulgaria", "GR": "Greece", "TR": "Türkiye", "UA": "Ukraine", "LT": "Lithuania",
    "LV": "Latvia", "EE": "Estonia", "SI": "Slovenia", "HR": "Croatia", "RS": "Serbia",
    "US": "United States", "BR": "Brazil", "MX": "Mexico", "JP": "Japan", "IN": "India",
    "AU": "Australia", "ZA": "South Africa", "IL": "Israel",
}  # fmt: skip
FIRST = ("Jane", "Tom", "Ann", "Bo", "Eve", "Ida", "Karl", "Lea", "Nils", "Olga", "Pia", "Ralf")
LAST = ("Doe", "Roe", "Berg", "Quill", "Fay", "Lund", "Moss", "Novak", "Pike", "Stone", "Thorn")
FIRMS = ("Alder", "Birch", "Cedar", "Delta", "Ember", "Fjord", "Grove", "Harbor", "Iris", "Juno")
PARTS = ("North", "South", "East", "West", "Coast", "Valley", "Lake", "Hill", "Forest", "Bay")
TRADES = ("Travel", "Works", "Foods", "Labs", "Media", "Steel", "Energy", "Press", "Tools")
# One person's name in two scripts or two spellings, and somebody else whose name is like it.
TRANSLITERATED = (
    (("Юрий", "Щербаков"), ("Yuri", "Shcherbakov"), ("Yuliya", "Shcherbakova")),
    (("Jörg", "Müller"), ("Joerg", "Mueller"), ("Georg", "Muller")),
    (("Łukasz", "Żak"), ("Lukasz", "Zak"), ("Łucja", "Żak")),
    (("Jørgen", "Ødegård"), ("Jorgen", "Odegard"), ("Jon", "Ødegård")),
    (("Γιώργος", "Παπαδόπουλος"), ("Giorgos", "Papadopoulos"), ("Grigoris", "Papadopoulos")),
    (("Ayşe", "Gündoğdu"), ("Ayse", "Gundogdu"), ("Asuman", "Gündoğdu")),
)


@dataclass
class Lead:
    """A row, and the person whom it means: rows of one person have one ``who``."""

    who: str
    cells: dict[str, str] = field(default_factory=dict)


def colliding() -> Iterator[tuple[str, list[str]]]:
    """Yield national numbers and the countries in which each is somebody's."""
    for area, rest in product(("020", "030", "040", "010", "0171", "021", "011"), range(40)):
        text = f"{area} {2345000 + 617 * rest}"
        read = [land for land in LANDS if e164(text, land)]
        if len(read) > 2:
            yield text, read


def e164(text: str, land: str) -> str:
    """Return the number that a text is in a country, "" when it is none there."""
    try:
        number = phonenumbers.parse(text, land)
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_valid_number(number):
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


class Crowd:
    """Makes the records of a seed."""

    def __init__(self, seed: int = 1) -> None:
        self._random = random.Random(seed)  # noqa: S311 - repeatable on purpose
        self._names = list(product(FIRST, LAST))
        self._firms = [" ".join(words) for words in product(FIRMS, PARTS, TRADES)]
        self._random.shuffle(self._names)
        self._random.shuffle(self._firms)

    def leads(self, count: int) -> list[Lead]:
        """Return so many records of all kinds, mixed."""
        kinds = [self._numbers(), self._switchboards(), self._mailboxes(), self._namesakes(),
                 self._branches(), self._spellings(), self._addresses()]  # fmt: skip
        leads: list[Lead] = []
        while len(leads) < count:
            for kind in kinds:
                leads += next(kind)
        self._random.shuffle(leads)
        return leads[:count]

    def _numbers(self) -> Iterator[list[Lead]]:
        """One national number in several countries, twice in the first: there it is one person."""
        for text, lands in colliding():
            leads = [Lead(e164(text, one), {"Phone": text, "Country": LANDS[one]}) for one in lands]
            first = Lead(leads[0].who, {"Phone": leads[0].who})
            code = Lead(leads[1].who, {"Phone": text, "Country": lands[1]})
            yield [*self._random.sample(leads, 3), leads[0], first, code]

    def _switchboards(self) -> Iterator[list[Lead]]:
        """Three colleagues and their company's number; the same person twice."""
        for number in range(100, 999):
            firm, board = self._firm(), f"+49 30 901{number}"
            people = [self._named(firm, "", Phone=board) for _ in range(3)]
            yield [*people, Lead(people[0].who, {**people[0].cells, "Phone": f"030 901{number}"})]

    def _mailboxes(self) -> Iterator[list[Lead]]:
        """Two colleagues who give their company's mailbox, and rows with nothing but that."""
        for number in range(1000):
            firm = self._firm()
            land = self._random.choice([*LANDS])
            mail = f"info@{firm.lower().replace(' ', '-')}{number}.{land.lower()}"
            people = [self._named(firm, LANDS[land], Email=mail) for _ in range(2)]
            yield [*people, *(Lead(mail, {"Email": one}) for one in (mail, mail.upper()))]

    def _namesakes(self) -> Iterator[list[Lead]]:
        """The same name at three companies."""
        while True:
            first, last = self._name()
            yield [self._named(self._firm(), "", (first, last)) for _ in range(3)]

    def _branches(self) -> Iterator[list[Lead]]:
        """The same name at companies of one name in three countries."""
        while True:
            name, firm = self._name(), self._firm()
            lands = self._random.sample([*LANDS.values()], 3)
            yield [self._named(firm, land, name) for land in lands]

    def _spellings(self) -> Iterator[list[Lead]]:
        """One person in two spellings, and a colleague of a similar name."""
        while True:
            own, other, another = self._random.choice(TRANSLITERATED)
            firm = self._firm()
            one = self._named(firm, "", own)
            again = self._named(firm, "", other)
            again.who = one.who
            yield [one, again, self._named(firm, "", another)]

    def _addresses(self) -> Iterator[list[Lead]]:
        """A person's address in any case, once more in the row of somebody else."""
        for number in range(1000):
            firm, (first, last) = self._firm(), self._name()
            mail = f"{first}.{last}{number}@{firm.replace(' ', '-')}.example.com".lower()
            own = self._named(firm, "", (first, last), Email=mail)
            same = Lead(own.who, {**own.cells, "Email": mail.title()})
            another = next(name for name in iter(self._name, None) if name[0] != first)
            yield [own, same, self._named(firm, "", another, Email=mail)]

    def _named(self, firm: str, land: str, name: tuple[str, str] = ("", ""), **more: str) -> Lead:
        first, last = name if name[0] else self._name()
        cells = {"First Name": first, "Last Name": last, "Company": firm, "Country": land, **more}
        return Lead(", ".join(filter(None, (f"{first} {last}", firm, land))), cells)

    def _name(self) -> tuple[str, str]:
        self._names.append(self._names.pop(0))
        return self._names[0]

    def _firm(self) -> str:
        self._firms.append(self._firms.pop(0))
        return self._firms[0]
