"""A table too large to index: DuckDB finds the rows that the leads of a run can ask for.

Only these are put into an index, which is small then. DuckDB tells cells that are written plainly
(``Jane@Acme.com``) from others (``Jane <jane@acme.com>``) and compares the plain ones; the others
are all read, and spelled as any row of an index is. So the answers are those of the whole index.
"""

import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import asdict
from glob import has_magic

from enrichctl.config import ensure_private
from enrichctl.errors import InputError, StateError
from enrichctl.fields import Kind, kind_of
from enrichctl.files import open_source
from enrichctl.scratch import ScratchFolder
from enrichctl.table.building import SCRATCH, joined_path, rows_finder
from enrichctl.table.definition import TableDefinition
from enrichctl.table.index import CROWD, KNOWN, IndexWriter
from enrichctl.table.shape import TableShape

LARGE = 50_000_000  # rows from which a table is joined
SHARE = 20  # a run that asks for more than one in so many rows has them all indexed
_TOGETHER = 1 << 15  # keys that are handed over at once
_MEMORY = "256MB"
_KINDS = ("VARCHAR", "TINYINT", "SMALLINT", "INTEGER", "BIGINT")  # that are texts as they stand

_HOST = "(?:[a-z0-9-]+[.])+[a-z0-9-]+"
_SITE = f"^(?:https?://)?({_HOST})/?$"
_MEMBER = "^(?:https?://)?(?:[a-z0-9-]+[.])?linkedin[.]com/{what}/([a-z0-9-]{{{{1,24}}}})/?$"


def _linkedin(what: str) -> str:
    page = _MEMBER.format(what=what)
    return (
        f"CASE WHEN regexp_full_match({{c}}, '[!-~]+') AND regexp_matches(lower({{c}}), '{page}')"
        f" THEN 'https://www.linkedin.com/{what}/'"
        f" || regexp_extract(lower({{c}}), '{page}', 1) END"
    )


# What is the block of a cell, as `keys.block_in` tells it, where it is written plainly; else NULL.
PLAIN: Mapping[Kind, str] = {
    "email": (
        "CASE WHEN regexp_full_match({c}, '[A-Za-z0-9_+-]+([.][A-Za-z0-9_+-]+)*@[A-Za-z0-9.-]+')"
        " THEN lower({c}) END"
    ),
    "domain": (
        f"CASE WHEN regexp_full_match({{c}}, '[!-~]+') AND regexp_matches(lower({{c}}), '{_SITE}')"
        # What a dot is left of without its www. is the same as that.
        " AND NOT regexp_matches(lower({c}), '^(https?://)?www[.][^.]*/?$')"
        f" THEN regexp_replace(regexp_extract(lower({{c}}), '{_SITE}', 1), '^www[.]', '') END"
    ),
    "person_url": _linkedin("in"),
    "company_url": _linkedin("company"),
    "phone": (
        "CASE WHEN regexp_full_match({c}, '[''+0-9 ().-]+')"
        " AND length(regexp_replace({c}, '[^0-9]', '', 'g')) BETWEEN 10 AND 15"
        " THEN right(regexp_replace({c}, '[^0-9]', '', 'g'), 7) END"
    ),
}


class JoinPlan:
    """What the leads of a run ask of a large table, gathered before the first answer.

    Args:
        definition: The table, a Parquet file.
        shape: Its columns.
        rows: How many it has.
    """

    def __init__(self, definition: TableDefinition, shape: TableShape, rows: int) -> None:
        import duckdb  # noqa: PLC0415 - an extra

        self._definition = definition
        self._shape = shape
        self._most = max(1, rows // SHARE)
        self._keys: list[str] = []
        self._values: list[str] = []
        self._target = joined_path(definition.name)
        ensure_private(self._target.parent)
        self._spill = ScratchFolder(self._target.parent, SCRATCH)
        config = {"memory_limit": _MEMORY, "temp_directory": str(self._spill.path)}
        self._db = duckdb.connect(":memory:", config=config)  # type: ignore[arg-type]
        self._db.execute("CREATE TABLE wanted (key VARCHAR, value VARCHAR)")
        self._asked = 0
        self._done = 0  # of what was asked

    @property
    def is_due(self) -> bool:
        """Tell whether something new was asked, and not so much that all had better be indexed."""
        return self._done < self._asked <= self._most

    def note(self, block: str) -> None:
        """Note that a lead asks for the rows of a block."""
        self._asked += 1
        if self._asked > self._most:
            return
        key, _, value = block.partition("=")
        self._keys.append(key)
        self._values.append(value)
        if len(self._keys) == _TOGETHER:
            self._hand_over()

    def _hand_over(self) -> None:
        import pyarrow as pa  # noqa: PLC0415 - an extra

        self._db.register("noted", pa.table({"key": self._keys, "value": self._values}))
        self._db.execute("INSERT INTO wanted SELECT * FROM noted")
        self._db.unregister("noted")
        self._keys, self._values = [], []

    def carry_out(self, stamp: str, most: int) -> bool:
        """Make the index of the rows that were asked for; tell whether that could be done.

        Args:
            stamp: What it is of.
            most: Rows that one value may find and still tell one from another.

        Raises:
            InputError: The table was changed meanwhile.
            StateError: The index cannot be written.
        """
        import duckdb  # noqa: PLC0415 - an extra

        self._hand_over()
        self._done = self._asked
        try:
            self._find(most)
        except duckdb.Error:  # such as a text that is no UTF-8
            return False
        part = self._spill.path / "index"
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC
        try:
            with ExitStack() as stack:
                out = stack.enter_context(os.fdopen(os.open(part, flags, 0o600), "wb", 1 << 20))
                writer = stack.enter_context(IndexWriter(out, part.parent))
                self._put_rows(writer)
                writer.add(CROWD, (), self._blocks("SELECT key, value FROM crowds"))
                writer.add(KNOWN, (), self._blocks("SELECT DISTINCT key, value FROM wanted"))
                writer.finish({"stamp": stamp, "shape": asdict(self._shape)})
            if self._definition.stamp() != stamp:
                path = self._definition.path
                raise InputError(f"{path} was changed while it was read", next="run it again")
            part.replace(self._target)
        except OSError as error:
            raise StateError(
                f"what {self._definition.path.name} holds of the leads cannot be kept in"
                f" {self._target.parent}: {error.strerror or error}",
                next="free some space there, then run the same command again",
            ) from error
        return True

    def _find(self, most: int) -> None:
        """Find the rows that are asked for or written in a way that has to be looked at."""
        path = str(self._definition.path)
        selects = []
        for key in self._shape.keys:
            column = '"' + self._shape.names[key].replace('"', '""') + '"'
            plain = PLAIN[kind_of(key)].format(c="cell")
            selects.append(
                f"SELECT '{key}' AS key, row, value FROM (SELECT row, cell, {plain} AS value FROM"  # noqa: S608 - quoted names
                f" (SELECT file_row_number AS row, CAST({column} AS VARCHAR) AS cell"
                f" FROM read_parquet($path, file_row_number = true)) WHERE cell <> '')"
                f" WHERE value IS NULL OR value IN (SELECT value FROM wanted WHERE key = '{key}')"
            )
        self._db.execute(
            "CREATE OR REPLACE TABLE hits AS " + " UNION ALL ".join(selects), {"path": path}
        )
        self._db.execute(
            "CREATE OR REPLACE TABLE crowds AS SELECT key, value FROM hits WHERE value IS NOT NULL"
            " GROUP BY ALL HAVING count(*) > $most",
            {"most": most},
        )

    def _put_rows(self, writer: IndexWriter) -> None:
        find_blocks = rows_finder(self._definition, self._shape)
        places = [*self._shape.columns.values()]
        from enrichctl.files.arrowfiles import ArrowSource  # noqa: PLC0415 - an extra

        with open_source(self._definition.path) as source:
            assert isinstance(source, ArrowSource)  # noqa: S101 - as was seen by `plan_of`
            source.need(places)
            for row in source.picked(self._numbers()):
                cells = ["" if at in row.opaque else row.cells[at].strip() for at in places]
                writer.add(row.number, cells, find_blocks(cells))

    def _numbers(self) -> Iterator[int]:
        """Yield the numbers of the rows, from 1."""
        found = self._db.execute(
            "SELECT DISTINCT row FROM hits ANTI JOIN crowds USING (key, value) ORDER BY row"
        )
        while rows := found.fetchmany(_TOGETHER):
            yield from (row + 1 for (row,) in rows)

    def _blocks(self, select: str) -> Iterator[str]:
        found = self._db.cursor().execute(select)
        while rows := found.fetchmany(_TOGETHER):
            yield from (f"{key}={value}" for key, value in rows)

    def close(self) -> None:
        """Let go of everything."""
        self._db.close()
        self._spill.close()


def plan_of(definition: TableDefinition, shape: TableShape) -> JoinPlan | None:
    """Return the plan to join a table; None where it is to be indexed.

    That is where it is not large, no Parquet file, found by names as well, or found by a key that
    is written in no way that DuckDB can tell, and where there is no DuckDB.
    """
    path = str(definition.path)
    if definition.match or any(kind_of(key) not in PLAIN for key in shape.keys) or has_magic(path):
        return None
    try:
        with open_source(definition.path) as source:
            header, rows = source.header, getattr(source, "count", 0)
    except InputError:  # told where it is read
        return None
    if source.format != "parquet" or rows < LARGE:
        return None
    if len({name.casefold() for name in header}) < len(header):
        return None
    kinds = _kinds_in(path)
    if any(kinds.get(shape.names[key]) not in _KINDS for key in shape.keys):
        return None
    return JoinPlan(definition, shape, rows)


def _kinds_in(path: str) -> dict[str, str]:
    """Return column → its type as DuckDB has it; {} where it reads none, or is not there."""
    try:
        import duckdb  # noqa: PLC0415 - an extra
    except ImportError:
        return {}
    try:
        with duckdb.connect(":memory:") as db:
            said = db.execute("DESCRIBE SELECT * FROM read_parquet($path)", {"path": path})
            return {name: kind for name, kind, *_ in said.fetchall()}
    except duckdb.Error:
        return {}
