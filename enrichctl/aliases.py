"""How exports call the canonical fields: the headers of ``data/headers.txt``, and their words.

Headers are compared without case, accents, spaces and punctuation (`fold`), so that
``Work Email``, ``work_email`` and ``workEmail`` are one.
"""

from functools import cache, lru_cache
from pathlib import Path
from unicodedata import normalize

from enrichctl.fields import FIELDS


def fold(text: str) -> str:
    """Return a header as it is compared: letters and digits only, no case, no accents."""
    plain = text.lower() if text.isascii() else normalize("NFKD", text.casefold())
    return "".join(filter(str.isalnum, plain))


def _lines(name: str) -> list[tuple[str, str]]:
    """Read a list of the package as name and rest of each line."""
    text = (Path(__file__).parent / "data" / name).read_text("utf-8")
    pairs = (line.partition(":") for line in text.splitlines() if line[:1] not in ("", "#"))
    return [(name, rest) for name, _, rest in pairs]


def _split(headers: str) -> list[str]:
    lines = headers.splitlines()
    return [part.strip() for line in lines for part in line.split("|") if part.strip()]


_COMPANY_ONLY = {
    "phone": """
        Company Phone | Company Phone Number | Corporate Phone | Account Phone | Telefon Firma
    """,
    "location": "Company Location | Headquarters | Company Headquarters",
    "address": """
        Company Address | Company Street | Billing Street | Billing Address
        Company Headquarters (Full Address)
    """,
    "city": "Company City | Organization City | Billing City",
    "region": "Company State | Organization State | Billing State | Billing State/Province",
    "postal_code": "Company Postal Code | Billing Postal Code | Billing Zip/Postal Code",
    "country": "Company Country | Organization Country | Billing Country",
    "company_description": "Description",
}

NAMES = frozenset(
    fold(name)
    for name in _split("""
        name | nom | nome | nombre | naam | namn | nimi | navn | jmeno | meno | nev | nume | nama
        이름 | ชื่อ | kontakt | kunde | kundenname | customer | customername | client | clientname
        cliente | klant | klient | kund | asiakas | 顧客名 | お客様名 | 客户 | 客戶
        客户名称 | 고객 | ad
    """)
)
"""Headers that may mean a full name, a first or last name, or a company's: see the values."""

SALUTATIONS = frozenset(
    fold(word)
    for word in _split("""
        mr | mrs | ms | miss | mx | dr | prof | sir | madam | herr | frau | m | mme | mlle | sr
        sra | srta | dott | ing | sig | dhr | mevr | pan | pani | hr | fru | 様 | 氏
        mister | missus | monsieur | madame | mademoiselle | señor | señora | signor | signora
        senhor | senhora | doctor
    """)
)
"""What a column called ``Title`` holds when it does not hold job titles, folded."""

ROLES = frozenset(_split("member | guest | subscriber | organizer | user | contact | lead"))
"""What lists of a group's members say of each of them: no job either, folded."""


@cache
def words(kind: str) -> frozenset[str]:
    """Return the words of one kind in ``data/header_words.txt``, folded."""
    lists = dict(_lines("header_words.txt"))
    return frozenset(fold(word) for word in lists[kind].split(","))


def header_aliases() -> dict[str, tuple[str, float]]:
    """Return folded header → field and rank; a lower rank is preferred."""
    return _known(len(FIELDS))  # a provider of a package may have declared some of its own


@lru_cache(maxsize=1)
def _known(fields: int) -> dict[str, tuple[str, float]]:
    del fields
    table: dict[str, tuple[str, float]] = {fold(name): (name, 0) for name in FIELDS}
    own = ((field.name, list(field.headers)) for field in FIELDS.values() if field.headers)
    for name, headers in (*own, *listed().items()):
        for rank, header in enumerate(headers):
            table[fold(header)] = (name, rank / 10)
    return table


@cache
def listed() -> dict[str, list[str]]:
    """Return field → the headers that are listed for it, best first."""
    found: dict[str, list[str]] = {}
    for name, rest in _lines("headers.txt"):
        found.setdefault(name, []).extend(_split(rest))
    return found


@cache
def known_of_companies() -> dict[str, tuple[str, float]]:
    """Return what counts only in a file without people, such as ``Company City``."""
    table: dict[str, tuple[str, float]] = {}
    for name, headers in _COMPANY_ONLY.items():
        for rank, header in enumerate(_split(headers)):
            table[fold(header)] = (name, 1000 + rank)
    return table
