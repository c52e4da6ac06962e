"""Which columns of a table hold which fields, and which of these find a row."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any, Self

from enrichctl.errors import UsageError
from enrichctl.fields import FIELDS
from enrichctl.matching import match_header
from enrichctl.table.definition import TableDefinition
from enrichctl.table.sources import Rows

USUAL_KEYS = ("email", "linkedin_url", "phone", "company_domain")
_SAMPLE = 200
_OF_PEOPLE = {"first_name", "last_name", "full_name", "job_title", "linkedin_url", "mobile"}
_NAMES = (("first_name", "last_name"), ("full_name",))
_COMPANIES = ("company_domain", "company_name")


@dataclass(frozen=True, slots=True)
class TableShape:
    """What a table holds.

    Attributes:
        columns: Field → position of its column, in the order of output columns.
        names: Field → the column's header.
        keys: Fields, any one of which finds a row, best first.
        notes: What was noticed about the file and decided about its columns.
    """

    columns: Mapping[str, int]
    names: Mapping[str, str]
    keys: tuple[str, ...]
    notes: tuple[str, ...] = ()

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> Self:
        """Return a shape from its JSON."""
        return cls(
            stored["columns"], stored["names"], tuple(stored["keys"]), tuple(stored["notes"])
        )

    @property
    def companies(self) -> tuple[str, ...]:
        """Return the fields by which a row's company is compared."""
        return tuple(name for name in _COMPANIES if name in self.columns)

    @property
    def of_people(self) -> bool:
        """Return whether rows are about people, so that colleagues share a company's row."""
        return not _OF_PEOPLE.isdisjoint(self.columns)

    def given_by(self, key: str) -> frozenset[str]:
        """Return the fields that a row tells which was found by a key.

        What finds a company finds any of its people, so it tells nothing of a person.
        """
        field = FIELDS.get(key)
        if field is None or field.about == "person" or not self.of_people:
            return frozenset(self.columns)
        return frozenset(n for n in self.columns if n in FIELDS and FIELDS[n].about == "company")

    def named_by(self) -> tuple[tuple[str, ...], ...]:
        """Return the sets of fields, any one of which names a person and a company."""
        return tuple((*names, company) for names in _NAMES for company in self.companies)


def shape_of(definition: TableDefinition, rows: Rows) -> TableShape:
    """Recognise a table's columns by header and values, as those of an input are.

    Raises:
        UsageError: A column is unclear, unknown, or missing that a row is to be found by.
    """
    file = definition.path.name
    try:
        match = match_header(rows.header, [*islice(rows.read(), _SAMPLE)], definition.map)
    except UsageError as error:
        raise definition.wrong("map", f"cannot be used: {error.message}") from error
    if match.ambiguous:
        first = match.ambiguous[0]
        choices = " or ".join(f'map = {{{field} = "{c}"}}' for field, c in first.choices)
        raise definition.wrong("map", f"must say more: {first.why} in {file}", f"say {choices}")
    for key in definition.key:
        if key not in match.columns:
            hint = f'name its column: map = {{{key} = "COLUMN"}}'
            raise definition.wrong("key", f"cannot be used: {file} has no column for {key}", hint)
    keys = definition.key or [name for name in USUAL_KEYS if name in match.columns]
    notes = (*rows.notes, *match.notes)
    shape = TableShape(match.columns, match.names, tuple(dict.fromkeys(keys)), notes)
    if definition.match:
        named = any(match.columns.keys() >= set(names) for names in _NAMES)
        if not named or not shape.companies:
            what = "a person's name" if not named else "a company's name or domain"
            raise definition.wrong("match", f"cannot be used: {file} has no column for {what}")
    elif not keys:
        what = f"is missing: {file} has no column for any of {', '.join(USUAL_KEYS)}"
        raise definition.wrong("key", what, 'say which field finds a row, as in key = ["email"]')
    return shape
