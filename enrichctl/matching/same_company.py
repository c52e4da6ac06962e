"""Whether a row and an answer are of one company, as far as names and domains tell.

Companies have several domains, trade under other names than they are registered by, and have their
mail at a parent's: anything that agrees counts for more than what differs.
"""

from collections.abc import Iterator, Mapping
from enum import Enum
from functools import lru_cache
from typing import NamedTuple

from enrichctl.facts import companies, countries, domains, regions, romanized, spelling
from enrichctl.facts.words import plain

_TELLING = 4  # letters of what may stand for the better part of a name
_WHOLE = 6  # letters of what may stand for any longer name: Siemens Healthineers, siemens.com
_ALIKE = 85  # of 100: Weber Bau and Webers Bau
# What people without a company, or who do not tell, have there.
_NOBODYS = frozenset(
    """self employed selfemployed freelance freelancer independent consultant none confidential
    stealth startup retired unemployed various private selbststandig freiberufler autonomo
    independant student""".split()  # noqa: SIM905 - a list to read
)


class CompanyPair(Enum):
    """What is known of two companies."""

    SAME = "same"
    RELATED = "related"  # only a mail domain agrees: perhaps a parent's
    OTHER = "other"
    DOUBTFUL = "doubtful"  # only a mail domain, or a name and a domain, differ: the same
    UNKNOWN = "unknown"


class Namesakes(Enum):
    """What two companies of one name are, as far as domains and countries tell."""

    ONE = "one"
    OTHER_COUNTRY = "country"
    OTHER_WEBSITE = "website"
    UNKNOWN = "unknown"


class _Known(NamedTuple):
    """A company as it is compared; ``mail`` is the domain of somebody's mail."""

    name: str
    domains: frozenset[str]
    mail: str

    @property
    def labels(self) -> Iterator[str]:
        """Yield what its domains say of its name."""
        return map(_label, (*self.domains, self.mail))


def compare(row: Mapping[str, str], answer: Mapping[str, str]) -> CompanyPair:
    """Say whether a row and an answer are of one company."""
    told, said = spelling.email(row.get("email", "")), spelling.email(answer.get("email", ""))
    ours = _known(row, told)
    theirs = _known(answer, said)
    if told == said:
        theirs = theirs._replace(mail="")  # what was told came back
    return _compare(ours, theirs)


def compare_namesakes(row: Mapping[str, str], answer: Mapping[str, str]) -> Namesakes:
    """Say whether the companies of a row and an answer are one, where no more than a name agrees.

    ==============  ===============================  ==========================================
    domain          country                          they are
    ==============  ===============================  ==========================================
    the same        any                              one
    otherwise       of both known, the same          one
    otherwise       of both known, another           of another country
    another label   of one not known                 of another website: atlas.com, atlascopco.com
    otherwise       of one not known                 unknown: acme.com, acme.net; nothing told
    ==============  ===============================  ==========================================

    A country is known where anything speaks of it: a number with its country, a country domain,
    a place. A domain of somebody's mail that is not made of the company's name, such as a
    parent's, proves that they are one and never that they are two.
    """
    told, said = spelling.email(row.get("email", "")), spelling.email(answer.get("email", ""))
    ours, theirs = _known(row, told), _known(answer, None if told == said else said)
    if not {*ours.domains, ours.mail}.isdisjoint(theirs.domains):
        return Namesakes.ONE
    here, there = regions.lands_of(row), regions.lands_of(answer)
    if here and there:
        return Namesakes.OTHER_COUNTRY if here.isdisjoint(there) else Namesakes.ONE
    labels = [set(map(_label, known.domains)) for known in (ours, theirs)]
    if all(labels) and labels[0].isdisjoint(labels[1]):
        return Namesakes.OTHER_WEBSITE
    return Namesakes.UNKNOWN


@lru_cache(1 << 10)  # several people of a company stand near each other
def _compare(ours: _Known, theirs: _Known) -> CompanyPair:
    if _agree(ours._replace(mail=""), theirs._replace(mail="")):
        return CompanyPair.SAME
    named = bool(ours.name and theirs.name)
    alike = named and not _are_two(ours.name, theirs.name)
    differs = not alike and (named or bool(ours.domains and theirs.domains))
    if _agree(ours, theirs):
        return CompanyPair.RELATED if differs else CompanyPair.SAME
    if differs:
        return CompanyPair.OTHER
    said = (ours.name or ours.domains or ours.mail) and (theirs.name or theirs.domains)
    return CompanyPair.DOUBTFUL if said and not alike else CompanyPair.UNKNOWN


def _known(values: Mapping[str, str], address: str | None) -> _Known:
    get = values.get
    if address is not None:
        mail = domains.company_at(address.rpartition("@")[2])
    else:
        mail = domains.company(email) if (email := get("email")) else None
    return _company(get("company_name", ""), get("company_domain"), get("website"), mail)


@lru_cache(1 << 10)
def _company(name: str, domain: str | None, website: str | None, mail: str | None) -> _Known:
    if set(plain(name).split()) <= _NOBODYS:
        name = ""
    stated = {domains.company(text) for text in (domain, website) if text} - {None}
    if mail and _names(name, _label(mail)):
        stated.add(mail)  # the mail is the company's own
    return _Known(name, frozenset(filter(None, stated)), mail or "")


def _agree(ours: _Known, theirs: _Known) -> bool:
    """Tell whether anything says that they are one company."""
    if not {*ours.domains, ours.mail}.isdisjoint({*theirs.domains, theirs.mail} - {""}):
        return True
    if ours.name and theirs.name and _is_one(ours.name, theirs.name):
        return True
    labels = [set(filter(None, known.labels)) for known in (ours, theirs)]
    if not labels[0].isdisjoint(labels[1]):  # acme.de, acme.com
        return True
    pairs = ((ours.name, labels[1]), (theirs.name, labels[0]))
    return any(_names(name, label) for name, found in pairs if name for label in found)


def _label(domain: str) -> str:
    return domain.partition(".")[0].replace("-", "")


@lru_cache(1 << 10)
def _words(name: str) -> tuple[str, ...]:
    """Return the words of a name in Latin letters, without its legal form."""
    return tuple(read for word in companies.bare(name) for read in romanized.read_any(word))


def _is_one(one: str, other: str) -> bool:
    """Tell whether two names are one company's."""
    a, b = _words(one), _words(other)
    if not a or not b:
        return False
    if companies.same_company(one, other) or "".join(a) == "".join(b):
        return True
    few, many = sorted((a, b), key=len)
    if set(few) <= set(many) and len("".join(few)) >= _WHOLE:
        return True  # Siemens, Siemens Healthineers; but not Delta, Delta Dental
    if len(few) == 1 and len(many) > 1 and few[0] == "".join(word[0] for word in many):
        return True  # IBM
    from rapidfuzz import fuzz  # noqa: PLC0415 - only where names differ

    return fuzz.ratio("".join(a), "".join(b)) >= _ALIKE


def _are_two(one: str, other: str) -> bool:
    """Tell whether two names can be compared, and each has a word of its own that tells."""
    a, b = _words(one), _words(other)
    if not (a and b) or romanized.script_of(one) != romanized.script_of(other):
        return False
    if a[0] != b[0]:
        return True
    return all(any(map(_tells, set(mine) - set(theirs))) for mine, theirs in ((a, b), (b, a)))


def _tells(word: str) -> bool:
    """Tell whether a word is one that not all companies have: no country, no "Group"."""
    return not (companies.is_common(word) or countries.code(word))


def _names(name: str, label: str) -> bool:
    """Tell whether a domain is made of a company's name: weberbau, or its initials."""
    words = _words(name)
    whole = "".join(words)
    if not whole or not label:
        return False
    if whole == label:
        return True
    short, long = sorted((whole, label), key=len)
    least = _TELLING if 2 * len(short) >= len(long) else _WHOLE
    if len(short) >= least and long.startswith(short):
        return True
    return len(words) > 1 and label == "".join(word[0] for word in words)
