"""What a user says of a table: the settings under ``[providers.NAME]``, checked."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from hashlib import blake2b
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, TypeAdapter, ValidationError

from enrichctl import __version__
from enrichctl.errors import UsageError, did_you_mean
from enrichctl.fields import FIELDS, is_field

_FORMAT = 4  # of the index: one of another format is built again
_OURS = frozenset({"name", "complain"})  # attributes that are no settings

Complain = Callable[[Sequence[str | int], str], UsageError]
"""Makes the error that something is wrong with a key."""


@dataclass(frozen=True, slots=True)
class TableDefinition:
    """One table.

    Attributes:
        name: The provider's name.
        complain: Makes errors that say where a setting stands.
        path: The file.
        kind: What makes the settings those of a table.
        key: Fields, any one of which finds a row, best first; empty takes the usual ones.
        match: How rows are found besides by the keys.
        min_score: A row that matches less is not the person.
        map: Field → column, where headers are not recognised.
        table: The table of a database.
        sheet: The sheet of a workbook.
        encoding: How text is encoded, where that cannot be told.
        region: ISO 3166 alpha-2 country of phone numbers whose row tells of none.
    """

    __pydantic_config__: ClassVar[Mapping[str, Any]] = {
        "extra": "forbid",
        "hide_input_in_errors": True,
    }
    name: str
    complain: Complain
    path: Path
    kind: Literal["table"] = "table"
    key: list[str] = field(default_factory=list)
    match: Literal["name+company"] | None = None
    min_score: Annotated[float, Field(gt=0, le=1)] = 0.9
    map: dict[str, str] = field(default_factory=dict)
    table: str = ""
    sheet: str = ""
    encoding: str = ""
    region: Annotated[str, Field(pattern="^(?:[A-Za-z]{2})?$")] = ""

    def wrong(self, key: str, what: str, hint: str = "") -> UsageError:
        """Return the error that a setting deserves, with what to do about it."""
        error = self.complain((key,), what)
        error.next = hint or error.next
        return error

    def unreadable(self, error: OSError) -> UsageError:
        """Return the error that the file cannot be opened."""
        gone = isinstance(error, FileNotFoundError)
        what = "which does not exist" if gone else f"which cannot be opened: {error.strerror}"
        return self.wrong("path", f"names {self.path}, {what}", "correct the path")

    def stamp(self) -> str:
        """Return what changes when the file, its definition or the reading of it does.

        Raises:
            UsageError: The file is not there.
        """
        try:
            file = self.path.stat()
        except OSError as error:
            raise self.unreadable(error) from error
        # What copies a file with its date sets that afterwards, and the system notes when.
        stamps = [(file.st_size, file.st_mtime_ns, file.st_ctime_ns)]
        beside = Path(f"{self.path}-wal")  # what a database has not taken over yet
        if beside.exists():  # opening the database sets its rights anew
            seen = beside.stat()
            stamps.append((seen.st_size, seen.st_mtime_ns, 0))
        settings = {name: getattr(self, name) for name in _SETTINGS}
        state = [_FORMAT, __version__, settings, stamps]
        return blake2b(
            json.dumps(state, default=str, sort_keys=True).encode(), digest_size=16
        ).hexdigest()


_SETTINGS = frozenset(f.name for f in fields(TableDefinition)) - _OURS


def check(name: str, table: Mapping[str, Any], folder: Path, complain: Complain) -> TableDefinition:
    """Return a definition with its path made whole.

    Raises:
        UsageError: A setting is unknown or wrong.
    """
    for key in table:
        if key not in _SETTINGS:
            raise complain((key,), "is not a setting of a table" + did_you_mean(key, _SETTINGS))
    if not table.get("path"):
        raise complain(("path",), "is missing: it names the file that holds the table")
    whole = {**table, "name": name, "complain": complain}
    try:
        found: TableDefinition = TypeAdapter(TableDefinition).validate_python(whole)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        what = first["msg"].replace("Input should", "must", 1)
        if first["type"] == "string_pattern_mismatch":
            what = "must be two letters, such as US"
        raise complain(first["loc"], what) from None
    for key, one in [("key", one) for one in found.key] + [("map", one) for one in found.map]:
        if not is_field(one):
            raise found.wrong(key, f"names no field: {one}{did_you_mean(one, FIELDS)}")
    return replace(found, path=(folder / found.path.expanduser()).absolute())
