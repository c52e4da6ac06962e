"""Answers from the rows of a table that a lead's keys find."""

import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from enrichctl.facts import spelling
from enrichctl.facts.regions import region_of
from enrichctl.fields import OF_COMPANIES, kind_of
from enrichctl.matching import identity
from enrichctl.matching.same_person import is_own_email
from enrichctl.model import Match, Query, Value
from enrichctl.provider import WHO, Local
from enrichctl.table.building import Tell, built, joined, stored
from enrichctl.table.definition import TableDefinition
from enrichctl.table.index import CROWD, KNOWN, Index, IndexRow
from enrichctl.table.joined import JoinPlan, plan_of
from enrichctl.table.keys import blocker, speller
from enrichctl.table.names import blocks_of, contradict, person_of, same_company, score
from enrichctl.table.shape import TableShape

_CROWD = 1000  # rows that one value may find and still tell one from another
_MOST_ROUNDS = 4  # of gathering: what a row found tells may find another row
_NAMING = (
    "first_name", "last_name", "full_name", "company_name", "company_domain", "country",
    "country_code",
)  # fmt: skip


class _Row(NamedTuple):
    """A row that was found: its number in the table, and field → text.

    Attributes:
        default: ISO 3166 alpha-2 country of its national numbers, where it tells of none itself.
    """

    number: int
    values: dict[str, str]
    default: str

    @property
    def region(self) -> str:
        """Return the country of its national numbers."""
        return region_of(self.values, self.default)

    def canonical(self, name: str) -> str:
        """Return a value in the one spelling in which it is compared."""
        region = self.region if kind_of(name) == "phone" else ""
        return spelling.canonical(name, self.values[name], region)

    def text(self, name: str, region: str) -> str:
        """Return a value as it may stand in a lead of a country: foreign numbers with theirs."""
        text = self.values[name]
        if kind_of(name) != "phone" or self.region == region or spelling.phone(text):
            return text
        return spelling.phone(text, self.region) or text


class Table(Local):
    """A table of the user's own; its notes tell what was decided about its columns."""

    def __init__(
        self, definition: TableDefinition, stamp: str, shape: TableShape, tell: Tell
    ) -> None:
        by_name = shape.named_by() if definition.match else ()
        self.name = definition.name
        self.title = definition.path.name
        self.docs = str(definition.path)
        self.needs = (*((key,) for key in shape.keys), *by_name)
        inputs = [*shape.keys, *(_NAMING if by_name else _NAMING[:3])]
        self.uses = tuple(dict.fromkeys(inputs))
        self.finds = tuple(shape.columns)
        self.default_wants = self.finds
        self.notes = (
            "reads " + ", ".join(f"{name} from {c!r}" for name, c in shape.names.items()),
            *shape.notes,
            "rows that share a key and disagree on a field leave it blank",
        )
        self._definition = definition
        self.stamp = stamp
        self._shape = shape
        self._tell = tell
        self._index: Index | None = None
        self._said = False
        self._last: tuple[Query, _Answer] | None = None
        self._few: Index | None = None
        self._plan: JoinPlan | None = None
        self._rounds = 0
        self.may_gather = definition.match is None

    def __getstate__(self) -> dict[str, Any]:
        """Return what another process needs of it, which opens the index for itself."""
        return self.__dict__ | {
            "_index": None,
            "_few": None,
            "_last": None,
            "_plan": None,
            "_tell": _silent,
        }

    def gathers(self) -> bool:
        """See `Local.gathers`: a very large table is not indexed, but joined with what is asked."""
        if self._rounds == 0:
            self._index = stored(self.name, self.stamp)
            self._plan = None if self._index else plan_of(self._definition, self._shape)
        elif self._plan is not None:
            self._join(self._plan)
        self._rounds += 1
        return self._plan is not None

    def ready(self, pause: Callable[[float], None]) -> None:
        """Build the index where that is due, which takes a while for a large table.

        The first question does the same.

        Args:
            pause: Waits so many seconds, 0 for a look; what it raises ends the waiting.

        Raises:
            RunError: The table cannot be read, or the index not written.
        """
        self._look()
        if self._few is None:
            self._opened(pause)

    def _join(self, plan: JoinPlan) -> None:
        """Have the rows found that were asked for, until nothing new is asked."""
        going_on = plan.is_due and self._rounds <= _MOST_ROUNDS
        if going_on:
            going_on = plan.carry_out(self.stamp, _CROWD)
            self._few = joined(self.name, self.stamp) if going_on else None
        if not going_on:
            plan.close()
            self._plan = None

    def _look(self) -> None:
        """Open what there is of an index."""
        if self._index is None and self._few is None and self._plan is None:
            self._index = stored(self.name, self.stamp)
            self._few = None if self._index else joined(self.name, self.stamp)

    def derive(self, query: Query) -> Match:
        """Return what the table knows of a lead, blank where its rows disagree.

        The best key that finds a row speaks first; the others may add what it leaves open. Names
        are compared only where no key finds the person. Rows that name somebody else speak only
        where there are no others: whether they are taken is not for the table to say.
        """
        answer = self._answer(query)
        self._last = query, answer
        return answer.match

    def says_who(self, body: Any, query: Query, match: Match) -> Mapping[str, str]:
        """See `Provider.says_who`: all that the rows found say of that, wanted or not."""
        del body, match
        if self._last and self._last[0] is query:
            return self._last[1].who
        return self._answer(query).who

    def _answer(self, query: Query) -> "_Answer":
        """Go through the keys, and then the names, of a lead."""
        shape, answer, person = self._shape, _Answer(query, self._shape.columns), False
        strange: list[tuple[list[_Row], frozenset[str], str]] = []
        for key in shape.keys:
            given = shape.given_by(key)
            if not answer.open.isdisjoint(given):
                rows, others = self._by_key(key, query, answer)
                answer.take(rows, given, 1.0, key)
                person |= bool(rows) and key not in OF_COMPANIES
                strange.append((others, given, key))
        if self._definition.match and answer.open and not person:
            sure, rows = self._by_name(query)
            answer.take(rows, frozenset(shape.columns), sure, f"name+company {sure:.2f}")
        for others, given, key in () if answer.found else strange:
            answer.take(others, given, 1.0, key)
        if answer.dispute and not self._said:
            self._said = True
            self._tell(f"{self.name}: {answer.dispute}; said of the first such rows only")
        return answer

    def _by_key(self, key: str, query: Query, answer: "_Answer") -> tuple[list[_Row], list[_Row]]:
        """Return the rows that have what a lead says, those apart that name somebody else."""
        found = identity(((key,),), query.inputs, query.region)
        if found is None:
            return [], []
        value = found[1][0]
        rows = self._rows(f"{key}={blocker(key, '')(value)}")
        rows = [
            row
            for row in rows
            if speller(key, row.region)(row.values[key]) == value
            or (key == "company_name" and same_company(query.inputs, row.values))
        ]
        if key in OF_COMPANIES:
            return rows, []
        known, own = answer.known(), kind_of(key) != "phone"  # a switchboard is everybody's
        # A row of a shared mailbox that names nobody is not that of the person who gives it.
        many = key == "email" and person_of(known) and not is_own_email(known)
        others = [
            row
            for row in rows
            if contradict(row.values, known, own=own) or (many and person_of(row.values) is None)
        ]
        return [row for row in rows if row not in others], others if own else []

    def _by_name(self, query: Query) -> tuple[float, list[_Row]]:
        """Return the rows that fit a lead's name and company best, and how well."""
        asked = person_of(query.inputs)
        fitting: dict[int, tuple[float, _Row]] = {}
        for block in blocks_of(query.inputs):
            for row in self._rows(block):
                person = person_of(row.values)
                if asked and person and same_company(query.inputs, row.values):
                    fitting[row.number] = score(asked, person), row
        best = max((sure for sure, _ in fitting.values()), default=0.0)
        if best < self._definition.min_score:
            return 0.0, []
        return best, [row for sure, row in fitting.values() if sure == best]

    def _opened(self, pause: Callable[[float], None] = time.sleep) -> Index:
        if self._index is None:
            self._index = built(self._definition, self.stamp, self._shape, self._tell, pause)
        return self._index

    def _rows(self, block: str) -> list[_Row]:
        """Return the rows of a block; none where so many share it that it tells nothing."""
        columns = self._shape.columns
        return [
            _Row(number, dict(zip(columns, cells, strict=True)), self._definition.region)
            for number, cells in self._found(block)
        ]

    def _found(self, block: str) -> Iterable[IndexRow]:
        self._look()
        if self._few is not None and (rows := _few_rows(self._few, block)) is not None:
            return rows
        if self._plan is not None:
            self._plan.note(block)
            return ()
        return self._opened().rows(block, _CROWD)


def _few_rows(few: Index, block: str) -> Sequence[IndexRow] | None:
    """Return the rows of a block; None where it is not known whether they are all."""
    rows = [*few.rows(block, _CROWD + 1)]  # one of them says that they are all
    marks = {row.number for row in rows if row.number in (KNOWN, CROWD)}
    if CROWD in marks or (not rows and few.holds(block)):
        return ()
    return [row for row in rows if row.number != KNOWN] if marks else None


def _silent(text: str) -> None:
    """Tell nobody."""


class _Answer:
    """What is wanted of a lead, and what rows have said of it so far.

    Attributes:
        match: What they agree on.
        who: What they say of whom they are about, wanted or not.
        open: Fields that none has said anything of.
        found: Whether any row speaks.
        dispute: What the first rows that disagree disagree on, in words; "" while none do.
    """

    def __init__(self, query: Query, columns: Collection[str]) -> None:
        self.match: Match = {}
        self.who: dict[str, str] = {}
        self.found = False
        self.open = {name for name in query.wants if name in columns}
        self.dispute = ""
        self._query = query

    def known(self) -> dict[str, str]:
        """Return what is known of the lead by now."""
        return {**self._query.inputs, **{name: value.text for name, value in self.match.items()}}

    def take(self, rows: Sequence[_Row], given: frozenset[str], sure: float, source: str) -> None:
        """Take from rows of equal standing what they agree on; close what they do not."""
        self.found |= bool(rows)
        for name in [n for n in self._query.wants if n in self.open and n in given]:
            said: dict[str, tuple[str, int]] = {}
            for row in rows:
                if row.values[name]:
                    text = row.text(name, self._query.region)
                    said.setdefault(row.canonical(name), (text, row.number))
            if not said:
                continue
            self.open.discard(name)
            if len(said) > 1:
                (_, one), (_, other), *_ = said.values()
                self.dispute = self.dispute or (
                    f"rows {one} and {other} share {source} and disagree on {name}, left blank"
                )
                continue
            [(spelled, (text, _))] = said.items()
            if spelled != self._canonical(name, self._query.inputs.get(name, "")):
                self.match[name] = Value(" ".join(text.split()), sure, source)  # one line
        for name in given.intersection(WHO) - self.who.keys():
            texts = {row.canonical(name) for row in rows if row.values[name]}
            if len(texts) == 1:
                self.who[name] = texts.pop()

    def _canonical(self, name: str, text: str) -> str:
        return spelling.canonical(name, text, self._query.region)
