"""First and last name from a full name or an e-mail address, where they can be told apart."""

from collections.abc import Sequence
from functools import cache, lru_cache
from typing import NamedTuple

from enrichctl.facts import countries, mailboxes, nameorder, spelling
from enrichctl.facts.namewords import (
    bare,
    is_degree,
    is_initial,
    is_loud,
    is_particle,
    is_shouted,
    is_sound,
    joins,
    listed,
    proper,
    spelled,
    without_asides,
)
from enrichctl.facts.words import lines, plain
from enrichctl.patterns import pattern

_JOINING = frozenset({"y", "e", "i"})  # the surname before it and the one behind it are one
_DEVOUT = frozenset({"maria", "jose", "juan", "ana", "rosa", "luz"})
_OF = frozenset({"de", "del", "la", "los", "las", "el"})
_DEVOTIONS = frozenset(
    {
        "pilar", "carmen", "mar", "rosario", "rocio", "socorro", "consuelo", "refugio", "angeles",
        "dolores", "remedios", "milagros", "mercedes", "nieves", "luz", "paz", "concepcion",
        "asuncion", "fatima", "lourdes", "guadalupe", "jesus", "dios",
    }
)  # fmt: skip
_SERVANT = frozenset({"abdul", "abdel", "abd", "abdal", "abdol", "abdur"})  # half a name
# Vietnamese families, which stand first at home and last abroad: with three words, nobody knows.
_FAMILY_FIRST = frozenset({"nguyen", "tran", "pham", "huynh", "hoang", "duong", "ngo"})
_FARTHER = pattern(r"[\u0590-\u06ff\u0900-\u097f\u0e00-\u0e7f\u10a0-\u10ff]")
_NO_NAME = pattern(r"[\d@&/;_+<>]")
_ACRONYM = 4  # letters of CEO and the like
_VOWEL = pattern(r"[aeiouyåäöøæ]")
_APART = pattern(r"[._]")
_CLEAR, _FAMILY, _GIVEN, _SURELY_GIVEN = 3, 3, 6, 9  # tenths, see `nameorder.tenths`
_FEWEST = 2  # letters of a word that is no initial


class Name(NamedTuple):
    """A name in two parts. ``sure`` is between 0 and 1."""

    first: str
    last: str
    sure: float


@lru_cache(1 << 12)
def split(full: str, country: str = "", email: str = "") -> Name | None:
    """Tell first from last name in a full name; None when it is not clear or not a person.

    Titles, degrees, nicknames and asides are left out. ``Doe, Jane``, ``DOE Jane`` and particles
    (``Ludwig van Beethoven``) are understood. A name wholly in capitals comes back in the usual
    spelling.

    Args:
        full: As written.
        country: ISO 3166 alpha-2 country of the person: in some the family stands first.
        email: The address next to it, which may spell the name in an order of its own.
    """
    full = without_asides(full)
    if found := nameorder.eastern(full.split(), country):
        return Name(*found, 0.9)
    before, *behind = [part for part in full.split(",") if not _is_degrees(part)] or [""]
    words, given = bare(before), bare(" ".join(behind))
    if _NO_NAME.search(full) or not words or not is_sound(words + given):
        return None
    if given:
        while len(given) > 1 and is_particle(given[-1]) and given[-1].islower():
            words.insert(0, given.pop())  # Velde, Jan van der
        return None if _is_aside(words, given) else _cased(_first_of(given), words, 0.95)
    return None if is_initial(words[-1]) else _undivided(words, country, email)


def _undivided(words: list[str], country: str, email: str) -> Name | None:
    """Divide a name without a comma in it."""
    if country == "VN" and (given := nameorder.vietnamese_given(words)):
        return _cased(given, words[:1], 0.85)
    shouted = [is_shouted(word) for word in words]
    if any(shouted) and not all(map(is_loud, words)):
        return _by_capitals(words, shouted, country)
    if devoted := _devoted(words):
        return _cased(words[:devoted], words[devoted:], 0.85)
    family_first = len(words) > 2 and plain(words[0]) in _FAMILY_FIRST  # noqa: PLR2004 - see there
    one_of_three = any(plain(word) == "din" for word in words[2:])  # Nour El Din is a given name
    unclear = family_first or one_of_three or is_particle(words[0])
    return None if unclear else _by_place(words, country, email)


@lru_cache(1 << 12)
def from_email(address: str, country: str = "") -> Name | None:
    """Return the name that a personal address spells out (``jane.doe@``), else None.

    At home in a country where the family stands first, it may do so there too.

    Initials (``j.smith@``), run-together names (``jsmith@``), digits, roles and anything longer
    than a first name, particles and a last name give none; neither do words of which none is
    known to be anybody's name.
    """
    canonical = spelling.email(address)
    if canonical is None:
        return None
    local, _, host = canonical.partition("@")
    first, *rest = _APART.split(local.partition("+")[0])
    is_personal = rest and mailboxes.kind(canonical) in {"person", "free"}
    if not is_personal or plain(first) in listed("title") - listed("either"):
        return None
    # A letter between two names is more often a second name's than a particle.
    if not all(word in listed("particle") and len(word) > 1 for word in rest[:-1]):
        return None
    given, family = (nameorder.tenths(part.split("-")[0]) for part in (first, rest[-1]))
    at_home = (country or host.rpartition(".")[2].upper()) in nameorder.FAMILY_FIRST
    if at_home and len(rest) == 1 and given <= _FAMILY and family >= _GIVEN:
        first, rest, given, family = rest[0], [first], family, given
    known = given >= _GIVEN or family <= _FAMILY
    if given - family <= -_CLEAR or not known or not _spells_a_name(first):
        return None
    # Mark West, though a mailbox may be the west's; Pia Hotel is none.
    surely = given >= _SURELY_GIVEN and family <= _FAMILY
    if not _spells_a_name(rest[-1], surely=surely):
        return None
    sure = 0.85 if given >= _GIVEN else 0.8
    return Name(proper(first), " ".join(map(proper, rest)), sure)


def telling(words: Sequence[str]) -> list[str]:
    """Return the words, in lower case, that tell one name from another: no titles, no particles.

    Nothing is left out of a name that would be left without two words.
    """
    kept = list(words)
    for idle in map(listed, ("degree", "title", "particle")):
        left = [word for word in kept if word not in idle or len(word) == 1]
        kept = left if len(left) > 1 else kept
    return kept


def join(first: str, last: str) -> str | None:
    """Return a full name, None when the parts are no names (``n/a``, ``Test``).

    What both parts say is said once: some forms put the whole name into each.
    """
    ahead, behind = _part(first), _part(last)
    if ahead.divided or behind.divided or not ahead.folded or ahead.is_nobody:
        return None
    if not behind.folded or behind.is_nobody:
        return ahead.spelled if nameorder.is_given(ahead.first) and last.strip() else None
    if behind.folded[: len(ahead.folded)] == ahead.folded:
        return behind.spelled  # Jane, Jane Doe
    if ahead.folded[-len(behind.folded) :] == behind.folded:
        return ahead.spelled  # Jane Doe, Doe
    return f"{ahead.spelled} {behind.spelled}"


def half(text: str) -> str:
    """Return the words of a text that are known as names, where others are nobody's: Maria Test."""
    words = _lettered(bare(without_asides(text)))
    return " ".join(w for w in words if not _nobody([w]) and _is_known(w))


class _Part(NamedTuple):
    """Given names, or a family's name.

    Attributes:
        first: Its first word.
        folded: Its words, as they are compared.
        spelled: As it is usually written.
        is_nobody: It is no name.
        divided: It says one thing or another: n/a.
    """

    first: str
    folded: tuple[str, ...]
    spelled: str
    is_nobody: bool
    divided: bool


@lru_cache(1 << 11)  # far fewer than the names that are made of them
def _part(text: str) -> _Part:
    text = without_asides(text).partition(",")[0]
    words = _lettered(bare(text))
    folded = tuple(map(plain, words))
    return _Part(words[0] if words else "", folded, spelled(words), _nobody(words), "/" in text)


def alone(first: str) -> str | None:
    """Return the full name of whom only the first name is known, None when it is none."""
    words = bare(without_asides(first).partition(",")[0])
    known = bool(words) and is_sound(words) and nameorder.is_given(words[0])
    return spelled(words) if known else None


def rest_of(full: str, known: str) -> str | None:
    """Return what a full name says besides the part that is known, None when they disagree."""
    part = plain(known).split()
    if parts := split(full):
        if part == plain(parts.last).split():
            return parts.first
        if part and plain(parts.first).split()[: len(part)] == part:
            return parts.last
    words = bare(without_asides(full))
    words = [word for word in words if plain(word) in part or not is_initial(word)]
    if not is_sound(words) or len(set(map(is_shouted, words))) > 1:
        return None  # Jane Doe CEO
    for size in range(1, len(words)):
        if part == plain(" ".join(words[:size])).split():
            return spelled(words[size:])
        if part == plain(" ".join(words[-size:])).split():
            return None if is_particle(words[-size - 1]) else spelled(words[:-size])
    return None


def _is_degrees(part: str) -> bool:
    """Tell whether a part between commas is blank, or degrees and titles alone."""
    words = part.split()
    if words and all(word.endswith(".") and plain(word) in listed("title") for word in words):
        return True  # Doe Jane, Dr.
    return all(map(is_degree, words)) and len(part.strip()) != _FEWEST


def _lettered(words: list[str]) -> list[str]:
    return [word for word in words if any(map(str.isalpha, word))]


def _is_known(word: str) -> bool:
    return not _FAMILY < nameorder.tenths(word) < _GIVEN


def _nobody(words: list[str]) -> bool:
    return any(plain(word) in listed("nobody") - listed("family") for word in words)


def _first_of(given: list[str]) -> list[str]:
    """Return given names without the initials behind them."""
    names = [word for word in given if not is_initial(word)]
    return names or given


def _is_aside(before: list[str], after: list[str]) -> bool:
    """Tell a title, town or company behind a comma from given names: ``Jane Doe, CEO``."""
    if any(map(is_shouted, after)) and not any(map(is_shouted, before)):
        return True
    names = [word for word in before if not is_particle(word)]
    return len(names) > 1 and not nameorder.is_given(after[0])


def _by_capitals(words: list[str], shouted: list[bool], country: str) -> Name | None:
    last = [word for word, loud in zip(words, shouted, strict=True) if loud]
    start = shouted.index(True)
    if shouted[start : start + len(last)] != [True] * len(last):
        return None
    if start == 0:
        # JJ Abrams is not of the family of JJ, as NG Wei is of that of NG.
        nickname = all(len(word) < 3 for word in last)  # noqa: PLR2004 - two letters
        return None if nickname else _cased(words[len(last) :], last, 0.9)
    while start > 1 and plain(words[start - 1]) == words[start - 1] in listed("particle"):
        start -= 1
    given = all(map(nameorder.is_given, words[:start]))
    if start > 1 and not given and all(len(word) <= _ACRONYM for word in last):
        return None  # Jane Doe CEO
    if start + len(last) < len(words) and words[-1] not in last:
        # Peter CHAN Tai-man: a name for abroad, the family's, the one at home.
        both = country in nameorder.FAMILY_FIRST and all(map(nameorder.is_given, words[:start]))
        return _cased(words[:start], last, 0.85) if both else None
    return _cased(words[:start], words[start:], 0.95)


def _by_place(words: list[str], country: str, email: str) -> Name | None:
    count = len(words)
    for place in range(1, count - 1):
        if joins(words[place], country):
            start = place - (plain(words[place]) in _JOINING)
            return _cased(words[:start], words[start:], 0.9)
    if is_initial(words[0]):
        return None  # S. Ramakrishnan's own name is the long one, D. Trump's is the D.
    names = [words[0], *(word for word in words[1:-1] if not is_initial(word)), words[-1]]
    if count == 1 or any(plain(word) in _SERVANT for word in names):
        return _of_servant(words)
    if found := _by_father(names):
        return found
    order, sure = nameorder.order_of(names, country, email)
    if order == "family":
        return _cased(names[1:], names[:1], sure) if _all_given(names[1:]) else None
    return _of_given_first(names, sure) if order else None


def _devoted(words: list[str]) -> int:
    """Return how many words a given name has that is a devotion: María del Pilar, else none."""
    low = [plain(word) for word in words]
    for place in range(2, min(4, len(low) - 1)):
        joined = all(word in _OF for word in low[1:place])
        if low[0] in _DEVOUT and joined and low[place] in _DEVOTIONS:
            return place + 1
    return 0


def _all_given(names: list[str]) -> bool:
    return len(names) == 1 or all(map(nameorder.is_given, names))


def _of_given_first(names: list[str], sure: float) -> Name | None:
    two_given = len(names) > 2 and all(map(nameorder.is_given, names[:2]))  # noqa: PLR2004
    match names:
        case [first, last]:
            farther = _FARTHER.search(first)
            return _cased([first], [last], 0.8 if farther else sure)
        case [first, second, last] if two_given:
            return _cased([first, second], [last], 0.75)
        case [first, *surnames] if len(surnames) == 2 and _iberian(first):  # noqa: PLR2004
            return _cased([first], surnames, 0.7)
        case [first, second, *surnames] if len(surnames) == 2 and two_given and _iberian(first):  # noqa: PLR2004
            return _cased([first, second], surnames, 0.75)
    return None


def _of_servant(names: list[str]) -> Name | None:
    """Divide a name with Abdul in it, which is half of a name: Abdul Rahman Khan."""
    if len(names) == 3 and plain(names[0]) in _SERVANT:  # noqa: PLR2004 - two words and one
        return _cased(names[:2], names[2:], 0.75)
    return None


def _by_father(names: list[str]) -> Name | None:
    """Divide a name by its patronymic: Ivan Ivanovich Ivanov, Ivanov Ivan Ivanovich."""
    match names:
        case [first, father, last] if nameorder.is_patronymic(father):
            return _cased([first], [last], 0.9)
        case [last, first, father] if nameorder.is_patronymic(father):
            return _cased([first], [last], 0.9)
    return None


def _iberian(first: str) -> bool:
    return plain(first) in _iberian_names()


def _spells_a_name(part: str, *, surely: bool = False) -> bool:
    no_names = listed("nobody") - listed("family") if surely else _no_names()
    return (
        len(part) > 1
        and part.replace("-", "").isalpha()
        and not part.startswith("-")
        and bool(_VOWEL.search(part))
        and not mailboxes.is_role(part)
        and not any(plain(word) in no_names for word in part.split("-"))
        and part not in listed("particle")
        and countries.code(part) is None
    )


@cache
def _no_names() -> frozenset[str]:
    return listed("nobody") | listed("mailbox")


def _cased(first: list[str], last: list[str], sure: float) -> Name | None:
    return Name(spelled(first), spelled(last), sure) if first and last else None


@cache
def _iberian_names() -> frozenset[str]:
    return frozenset(" ".join(lines("iberian_names.txt")).split())
