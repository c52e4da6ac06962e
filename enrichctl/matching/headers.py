"""Says which column of a file holds which field: a guess by header, checked against the values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b

from enrichctl import aliases
from enrichctl.config import did_you_mean
from enrichctl.errors import UsageError
from enrichctl.fields import FIELDS, in_order, is_field
from enrichctl.matching import values as look
from enrichctl.matching.names import Guess, guess_name

_UNCHECKED = -1  # rank of a canonical name: the user calls the column so
_OWN = {name.partition(".")[0] for name in FIELDS if "." in name}  # providers with own fields
_NEEDS_VALUES = {"url", "profile", "profilelink", "link", "primarycontactprimaryurl"}
_GENERIC_LINKEDIN = {"linkedin", "linkedinurl", "linkedinlink", "linkedinpage", "url"}
_PEOPLE = {"email", "first_name", "last_name", "full_name", "job_title", "linkedin_url", "mobile"}


@dataclass(frozen=True, slots=True)
class Ambiguity:
    """A question that only the user can answer.

    Attributes:
        choices: The possible answers, each a field and the column that would hold it, as
            ``--map FIELD=COLUMN`` takes them.
        why: What is unclear, in words.
    """

    choices: tuple[tuple[str, str], ...]
    why: str


@dataclass(slots=True)
class HeaderMatch:
    """Which column holds which field.

    Attributes:
        columns: Field → position of its column, from 0, in the order of output columns.
        names: Field → the column's header.
        ambiguous: What must be asked before anything is spent.
        notes: What was decided against the first look, for the user to see.
    """

    columns: dict[str, int] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    ambiguous: list[Ambiguity] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def recognised(self) -> bool:
        """Return whether any column means anything to us."""
        return bool(self.columns or self.ambiguous)


def match_header(
    header: Sequence[str],
    sample: Sequence[Sequence[str]] = (),
    given: Mapping[str, str] | None = None,
    saved: Mapping[str, Mapping[str, str]] | None = None,
) -> HeaderMatch:
    """Match a file's columns with the canonical fields.

    Args:
        header: The columns' names as they stand.
        sample: Some of the first records.
        given: Field → column as the user says: its name, or its position as ``#3``. An empty
            column leaves the field out.
        saved: Fingerprint of a header → what the user said before; ``given`` comes first.

    Raises:
        UsageError: ``given`` names a field or column that does not exist.
    """
    said = {**((saved or {}).get(fingerprint(header)) or {}), **(given or {})}
    return _Matcher(header, sample, said).match()


def fingerprint(header: Sequence[str]) -> str:
    """Return a short name for a header, the same for every file with the same columns."""
    text = "\x1f".join(header).encode("utf-8", "surrogatepass")
    return blake2b(text, digest_size=8, person=b"enrichctl/header").hexdigest()


class _Matcher:
    """One header while it is being matched."""

    def __init__(
        self, header: Sequence[str], sample: Sequence[Sequence[str]], said: Mapping[str, str]
    ) -> None:
        self.header = header
        self.rows = [[cell.strip() for cell in row] for row in sample]
        self.keys = [aliases.fold(name) for name in header]
        self.found: dict[str, int] = {}
        self.closed: set[str] = set()  # fields the user has decided about
        self.result = HeaderMatch()
        for name, column in said.items():
            self._take_said(name, column)

    def match(self) -> HeaderMatch:
        """Return the whole match."""
        self._choose(self._candidates(aliases.known()))
        self._decide_name()
        self._decide_id()
        if not self.found.keys() & _PEOPLE:
            self._choose(self._candidates(aliases.known_of_companies()))
        result = self.result
        result.columns = {name: self.found[name] for name in in_order(frozenset(self.found))}
        result.names = {name: self.header[i] for name, i in result.columns.items()}
        return result

    def _take_said(self, name: str, column: str) -> None:
        if not is_field(name):
            raise UsageError(
                f"{name} is not a field{did_you_mean(name, FIELDS)}",
                next="map it as FIELD=COLUMN, for example --map email=Mail",
            )
        self.closed.add(name)
        if column:
            place = self._position(column)
            for other, taken in self.found.items():
                if taken == place:
                    raise UsageError(
                        f"{self._title(place)} cannot hold both {other} and {name}",
                        next="map each column to one field",
                    )
            self.found[name] = place

    def _position(self, column: str) -> int:
        """Return a column's position from its name or number."""
        folded = column.strip().casefold()
        exact = [i for i, name in enumerate(self.header) if name == column]
        places = exact or [i for i, n in enumerate(self.header) if n.strip().casefold() == folded]
        if len(places) == 1:
            return places[0]
        if places:
            numbers = " or ".join(f"#{i + 1}" for i in places)
            raise UsageError(
                f"{len(places)} columns are called {column}", next=f"say which: {numbers}"
            )
        number = column.strip().removeprefix("#")
        if column.strip().startswith("#") and number.isdecimal():
            place = int(number[:6]) - 1
            if 0 <= place < len(self.header):
                return place
            raise UsageError(
                f"there is no column {column}: the file has {len(self.header)}",
                next=f"name one from #1 to #{len(self.header)}, or write its header",
            )
        raise UsageError(
            f"there is no column {column}{did_you_mean(column, self.header)}",
            next="name a column of the file, or its position as in #3",
        )

    def _values(self, place: int) -> list[str]:
        """Return what stands in a column of the sample, blank cells left out."""
        return [row[place] for row in self.rows if place < len(row) and row[place]]

    def _candidates(self, known: Mapping[str, tuple[str, int]]) -> dict[str, list[Guess]]:
        """Return field → columns that could hold it, each checked against its values."""
        candidates: dict[str, list[Guess]] = {}
        for place, (name, key) in enumerate(zip(self.header, self.keys, strict=True)):
            if place in self.found.values() or key in aliases.NAMES:
                continue
            own = name.strip()
            if own.partition(".")[0] in _OWN and is_field(own):
                hit: tuple[str, int] | None = (own, _UNCHECKED)
            else:
                hit = known.get(key) or known.get(aliases.without_prefix(key))
            if hit:
                guess = self._checked(place, own, key, *hit)
                if guess and guess.field not in self.closed:
                    candidates.setdefault(guess.field, []).append(guess)
        return candidates

    def _checked(self, place: int, own: str, key: str, name: str, rank: int) -> Guess | None:
        """Check a guess against the values, which may mean a neighbouring field instead."""
        values = self._values(place)
        rank = _UNCHECKED if own == name else rank
        if key in _NEEDS_VALUES and not values:
            return None
        if own != name and key in _GENERIC_LINKEDIN and not look.fits(name, values):
            name, rank = "company_linkedin_url", 1000
        elif own != name and name == "website" and look.mostly(look.is_bare_domain, values):
            name, rank = "company_domain", 1000
        elif own != name and name == "country" and look.mostly(look.is_code, values):
            name = "country_code"
        if look.fits(name, values):
            return Guess(name, place, rank, blank=not values)
        if own == name:
            self.result.notes.append(f"{own}: most values do not look like one")
            return Guess(name, place, rank, blank=False)
        if key not in _NEEDS_VALUES:
            self.result.notes.append(f"{own} is left out: its values are no {name}")
        return None

    def _choose(self, candidates: Mapping[str, Sequence[Guess]]) -> None:
        """Take the best column for each field; ask when two are equally good."""
        for name, guesses in candidates.items():
            if name in self.found:
                continue
            best, *others = sorted(guesses, key=lambda guess: (guess.blank, guess.rank))
            equals = [g for g in others if (g.blank, g.rank) == (best.blank, best.rank)]
            if any(self._differ(best.place, other.place) for other in equals):
                places = [best.place, *(guess.place for guess in equals)]
                self.result.ambiguous.append(
                    Ambiguity(
                        tuple((name, self._title(place)) for place in places),
                        f"{len(places)} columns could hold {name}",
                    )
                )
                self.closed.add(name)
                continue
            self.found[name] = best.place
            if others:
                unused = ", ".join(self._title(guess.place) for guess in others)
                self.result.notes.append(
                    f"{name} is read from {self._title(best.place)}, not from {unused}"
                )

    def _differ(self, one: int, other: int) -> bool:
        """Tell whether two columns disagree in any record of the sample."""
        width = max(one, other)
        return any(row[one] != row[other] for row in self.rows if width < len(row))

    def _title(self, place: int) -> str:
        """Return a column's name, or its number where the name stands for several."""
        name = self.header[place]
        folded = name.strip().casefold()
        alike = sum(other.strip().casefold() == folded for other in self.header)
        return name if alike == 1 and name.strip() else f"#{place + 1}"

    def _decide_name(self) -> None:
        """Decide what a column that is only called a name holds."""
        places = [i for i, key in enumerate(self.keys) if key in aliases.NAMES]
        taken = self.found.values()
        for place in (place for place in places if place not in taken):
            choices = guess_name(place, self.found, self.rows)
            open_ = [name for name in choices if name not in self.found and name not in self.closed]
            if len(open_) == 1:
                self.found[open_[0]] = place
            elif open_:
                self.result.ambiguous.append(
                    Ambiguity(
                        tuple((name, self._title(place)) for name in open_),
                        f"{self._title(place)} could be a person's name or a company's",
                    )
                )

    def _decide_id(self) -> None:
        """Recognise providers' ids by how they begin, in columns that are only called an id."""
        for place, key in enumerate(self.keys):
            if not key.endswith("id") or place in self.found.values():
                continue
            for prefix, name in aliases.ID_PREFIXES.items():
                open_ = name not in self.found and name not in self.closed
                if open_ and look.mostly(look.is_id(prefix), self._values(place)):
                    self.found[name] = place
