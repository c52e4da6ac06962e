"""Says which column of a file holds which field: a guess by header, checked against the values."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b

from enrichctl import aliases
from enrichctl.errors import UsageError, did_you_mean
from enrichctl.facts.placeholders import is_nothing
from enrichctl.fields import FIELDS, has_own_fields, in_order, is_field
from enrichctl.matching import values as look
from enrichctl.matching import wording
from enrichctl.matching.columns import (
    Ambiguity,
    company_columns,
    first_values,
    is_same_throughout,
    unclaimed,
)
from enrichctl.matching.names import Guess, guess_name

_UNCHECKED = -1  # rank of a canonical name: the user calls the column so
_NEEDS_VALUES = {"url", "profile", "profilelink", "link", "primarycontactprimaryurl"}
_GENERIC_LINKEDIN = {"linkedin", "linkedinurl", "linkedinlink", "linkedinpage", "url"}
_NEXT_BEST = 1000  # rank from which a column is about the company
_ALSO_OF_COMPANIES = {"phone", "country", "country_code"}  # better than nothing for a person
_SPARED = {"email", "phone", "mobile", "linkedin_url"}  # another column may hold what one lacks
_IS_COMPANY = {"iscompany", "isacompany"}  # Odoo: companies and people in one file
_TURKISH_FIRST = "ad"
_PEOPLE = {"email", "first_name", "last_name", "full_name", "job_title", "linkedin_url", "mobile"}


@dataclass(slots=True)
class HeaderMatch:
    """Which column holds which field.

    Attributes:
        columns: Field → position of its column, from 0, in the order of output columns.
        names: Field → the column's header.
        fallbacks: Field → positions of the columns that hold it where its own is blank.
        ambiguous: What must be asked before anything is spent.
        unclaimed: Columns of addresses, numbers or profiles that no field took: to be asked about
            where something would be bought that may be in the file.
        notes: What was decided against the first look, for the user to see.
    """

    columns: dict[str, int] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    fallbacks: dict[str, tuple[int, ...]] = field(default_factory=dict)
    ambiguous: list[Ambiguity] = field(default_factory=list)
    unclaimed: list[Ambiguity] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def read_columns(self) -> set[int]:
        """Return the positions of all columns that a field is read from."""
        others = (place for places in self.fallbacks.values() for place in places)
        return {*self.columns.values(), *others}

    @property
    def recognised(self) -> bool:
        """Return whether any column means anything to us."""
        return bool(self.columns or self.ambiguous)


def match_header(
    header: Sequence[str],
    sample: Sequence[Sequence[str]] = (),
    given: Mapping[str, str] | None = None,
    saved: Mapping[str, Mapping[str, str]] | None = None,
    *,
    is_provider: Callable[[str], bool] | None = None,
) -> HeaderMatch:
    """Match a file's columns with the canonical fields.

    Args:
        header: The columns' names as they stand.
        sample: Some of the first records.
        given: Field → column as the user says: its name, or its position as ``#3``. An empty
            column leaves the field out.
        saved: Fingerprint of a header → what the user said before; ``given`` comes first.
        is_provider: Tells whether a name is a provider's, so that a column ``NAME.…`` is a field of
            its own. Those that declare ids next to their code are known anyway.

    Raises:
        UsageError: ``given`` names a field or column that does not exist.
    """
    said = {**((saved or {}).get(fingerprint(header)) or {}), **(given or {})}
    return _Matcher(header, sample, said, is_provider or has_own_fields).match()


def fingerprint(header: Sequence[str]) -> str:
    """Return a short name for a header, the same for every file with the same columns."""
    text = "\x1f".join(header).encode("utf-8", "surrogatepass")
    return blake2b(text, digest_size=8, person=b"enrichctl/header").hexdigest()


class _Matcher:
    """One header while it is being matched."""

    def __init__(
        self,
        header: Sequence[str],
        sample: Sequence[Sequence[str]],
        said: Mapping[str, str],
        is_provider: Callable[[str], bool],
    ) -> None:
        self.header = header
        self.is_provider = is_provider
        self.rows = [[cell.strip() for cell in row] for row in sample]
        self.keys = [aliases.fold(name) for name in header]
        of_company = company_columns(header)
        self.readings = [
            wording.read(name.strip(), company=place in of_company)
            for place, name in enumerate(header)
        ]
        self.found: dict[str, int] = {}
        self.closed: set[str] = set()  # fields the user has decided about
        self.result = HeaderMatch()
        for name, column in said.items():
            self._take_said(name, column)

    def match(self) -> HeaderMatch:
        """Return the whole match."""
        self._choose(self._candidates(companies=False))
        self._decide_name()
        self._decide_id()
        # A file of companies may name somebody to talk to there.
        contact = any(key.startswith("primarycontact") for key in self.keys)
        if contact or not self.found.keys() & _PEOPLE:
            self._choose(self._candidates(companies=True))
        result = self.result
        result.unclaimed = unclaimed(
            self.header, self.rows, self.found, self.closed, result.fallbacks
        )
        result.columns = {name: self.found[name] for name in in_order(frozenset(self.found))}
        result.names = {name: self.header[i] for name, i in result.columns.items()}
        return result

    def _take_said(self, name: str, column: str) -> None:
        if not is_field(name):
            turned = is_field(column) and name in self.header
            raise UsageError(
                f"{name} is not a field{did_you_mean(name, FIELDS)}",
                next=f'the field stands first: --map "{column}={name}"'
                if turned
                else "map it as FIELD=COLUMN, for example --map email=Mail",
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
        """Return what stands in a column of the sample, without what says nothing."""
        values = (row[place] for row in self.rows if place < len(row))
        return [text for text in values if not is_nothing(text)]

    def _candidates(self, *, companies: bool) -> dict[str, list[Guess]]:
        """Return field → columns that could hold it, each checked against its values."""
        candidates: dict[str, list[Guess]] = {}
        for place, (name, reading) in enumerate(zip(self.header, self.readings, strict=True)):
            if place in self.found.values():
                continue
            own = name.strip()
            hit: tuple[str, float] | None = None
            if self._is_own_name(own):
                hit = own, _UNCHECKED
            elif reading and reading.field != "name":
                allowed = companies or reading.field in _ALSO_OF_COMPANIES
                if allowed or reading.rank < _NEXT_BEST:
                    hit = reading.field, reading.rank
            if hit:
                guess = self._checked(place, own, self.keys[place], *hit)
                if guess and guess.field not in self.closed:
                    candidates.setdefault(guess.field, []).append(guess)
        if candidates.keys() & {"city", "country"}:
            # Outlook's "Location" is that of a meeting.
            candidates = {
                name: [
                    g for g in guesses if name != "location" or g.rank == _UNCHECKED or not g.blank
                ]
                for name, guesses in candidates.items()
            }
        return {name: guesses for name, guesses in candidates.items() if guesses}

    def _is_own_name(self, column: str) -> bool:
        """Tell whether a column is called as outputs call a field, wherever it stands.

        What a run has added must be read as that again, or each run would add another one.
        """
        owner = column.partition(".")[0]
        if column in FIELDS:
            return True
        return is_field(column) and (has_own_fields(owner) or self.is_provider(owner))

    def _checked(self, place: int, own: str, key: str, name: str, rank: float) -> Guess | None:
        """Check a guess against the values, which may mean a neighbouring field instead."""
        values = self._values(place)
        meant, rank = name, _UNCHECKED if own == name else rank
        if key in _NEEDS_VALUES and not values:
            return None
        if own != name and key in _GENERIC_LINKEDIN and not look.values_fit(name, values):
            name, rank = "company_linkedin_url", 1000
        elif own != name and name == "website" and look.mostly(look.is_bare_domain, values):
            name, rank = "company_domain", 1000
        elif own != name and key == "companyurl" and not look.values_fit(name, values):
            name, rank = "website", 1000
        elif own != name and name == "country" and look.mostly(look.is_code, values):
            name = "country_code"
        if look.values_fit(name, values):
            return Guess(name, place, rank, blank=not values)
        if own == name:
            self.result.notes.append(f"{own}: most values do not look like one")
            return Guess(name, place, rank, blank=False)
        if key not in _NEEDS_VALUES:
            why = ""
            if meant == "linkedin_url" and look.mostly(look.is_lead_link, values):
                why = " but links of Sales Navigator, which are no profiles (/in/NAME)"
            self.result.notes.append(f"{own} is left out: its values are no {meant}{why}")
        return None

    def _choose(self, candidates: Mapping[str, Sequence[Guess]]) -> None:
        """Take the best column for each field; ask when two are equally good."""
        for name, guesses in candidates.items():
            if name in self.found:
                continue
            best, *others = sorted(guesses, key=lambda guess: (guess.blank, guess.rank))
            equals = [g for g in others if (g.blank, g.rank) == (best.blank, best.rank)]
            telling = [g for g in others if not g.blank and self._outdoes(g, best)]
            if telling or any(self._differ(best.place, other.place) for other in equals):
                rivals = telling or equals
                places = [best.place, *(guess.place for guess in rivals)]
                self.result.ambiguous.append(
                    Ambiguity(
                        tuple((name, self._title(place)) for place in places),
                        f"{len(places)} columns could hold {name}",
                        values=tuple(first_values(self._values(place)) for place in places),
                    )
                )
                self.closed.add(name)
                continue
            self.found[name] = best.place
            if others:
                self._note_others(name, best, others)

    def _note_others(self, name: str, best: Guess, others: Sequence[Guess]) -> None:
        """Say which columns a field is not read from, or only where its own is blank."""
        fallbacks = [
            guess.place
            for guess in others
            if name in _SPARED and not guess.blank and not self._is_private(guess.place)
        ]
        self.result.fallbacks |= {name: tuple(fallbacks)} if fallbacks else {}
        unused = [guess.place for guess in others if guess.place not in fallbacks]
        said = [f"where it is blank from {self._titles(fallbacks)}"] if fallbacks else []
        said += [f"not from {self._titles(unused)}"] if unused else []
        self.result.notes.append(
            f"{name} is read from {self._title(best.place)}, {'; '.join(said)}"
        )

    def _is_private(self, place: int) -> bool:
        reading = self.readings[place]
        return reading is not None and reading.private

    def _outdoes(self, other: Guess, best: Guess) -> bool:
        """Tell whether a column tells people apart of whom the better named one says the same."""
        return (
            best.field in _SPARED
            and best.rank != _UNCHECKED
            and is_same_throughout(best.place, self.rows)
            and not is_same_throughout(other.place, self.rows)
        )

    def _titles(self, places: Sequence[int]) -> str:
        return ", ".join(map(self._title, places))

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
        places = [i for i, one in enumerate(self.readings) if one and one.field == "name"]
        taken = self.found.values()
        for place in (place for place in places if place not in taken):
            values = self._values(place)
            if not look.values_fit("full_name", values):
                continue
            if self.keys[place] == _TURKISH_FIRST and "last_name" not in self.found:
                continue  # an advertisement
            choices = self._of_odoo(place) or guess_name(place, self.found, self.rows)
            open_ = [name for name in choices if name not in self.found and name not in self.closed]
            if len(open_) == 1:
                self.found[open_[0]] = place
            elif open_:
                self.result.ambiguous.append(
                    Ambiguity(
                        tuple((name, self._title(place)) for name in open_),
                        f"{self._title(place)} could be a person's name or a company's",
                        first_values(values),
                    )
                )

    def _of_odoo(self, place: int) -> tuple[str, ...]:
        """Return what a name is in a file that says of each row whether it is a company."""
        said = next((i for i, key in enumerate(self.keys) if key in _IS_COMPANY), None)
        if said is None:
            return ()
        width = max(place, said)
        rows = (row for row in self.rows if width < len(row))
        kinds = {look.is_true(row[said]) for row in rows if row[place] and row[said]}
        if kinds == {True}:
            return ("company_name",)
        return ("full_name",) if kinds == {False} else ("full_name", "company_name")

    def _decide_id(self) -> None:
        """Recognise providers' ids by how they begin, in columns that are only called an id."""
        for place, key in enumerate(self.keys):
            if not key.endswith("id") or place in self.found.values():
                continue
            for name, own in FIELDS.items():
                open_ = own.prefix and name not in self.found and name not in self.closed
                if open_ and look.mostly(look.is_id(own.prefix), self._values(place)):
                    self.found[name] = place
