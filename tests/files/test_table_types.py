"""Of which type a table's columns are: what is declared, as far as all values are so."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from enrichctl.files.table_types import TableTypes

NOW = datetime(2026, 3, 1, 12, 30, 5)  # noqa: DTZ001 - without a time zone is what is meant


@pytest.mark.parametrize(
    ("declared", "values", "type_"),
    [
        ("INTEGER", [1, None, -(2**63)], "integer"),
        ("int4", [7], "integer"),
        ("BIGINT", [None], "integer"),
        ("BIGINT", [], "integer"),
        ("HUGEINT", [2**63], "text"),
        ("INTEGER", [1, "n/a"], "text"),  # SQLite takes anything
        ("INTEGER", [1, True], "text"),
        ("REAL", [1.5, 2], "number"),
        ("DOUBLE\n  Precision", [1.5], "number"),  # SQLite tells it as it was typed
        ("double precision", [float("nan")], "number"),
        ("decimal(10,2)", [Decimal("1.20")], "decimal(10,2)"),
        ("NUMERIC(10, 2)", [Decimal("1.20")], "decimal(10,2)"),
        ("NUMERIC(10, 2)", [1.2, 3], "number"),  # as SQLite has it
        ("NUMERIC(10, 2)", [3], "integer"),
        ("numeric(50,2)", [Decimal("1.20")], "text"),
        ("numeric", [Decimal("1.20")], "text"),  # of any number of digits
        ("BOOLEAN", [True, None], "boolean"),
        ("BOOLEAN", [1, 0], "integer"),
        ("DATE", [date(2026, 3, 1)], "date"),
        ("DATE", ["2026-03-01", None], "date"),
        ("DATE", ["2026-02-30"], "text"),
        ("DATE", ["20260301"], "text"),
        ("DATE", [NOW], "text"),
        ("timestamp", [NOW], "timestamp"),
        ("DATETIME", ["2026-03-01 12:30:05", "2026-03-01T12:30"], "timestamp"),
        ("DATETIME", ["2026-03-01 25:30:05"], "text"),
        ("timestamptz", [NOW.replace(tzinfo=UTC)], "instant"),
        ("timestamptz", [NOW], "text"),
        ("VARCHAR(20)", ["1"], "text"),
        ("", [1], "text"),
        ("INTEGER[]", [[1]], "text"),
        ("jsonb", [{"a": 1}], "text"),
    ],
)
def test_a_column_is_of_its_type_as_far_as_all_values_are(declared, values, type_):
    types = TableTypes(["text", declared])
    for value in values:
        types.see(["x", value])
    assert types.found == ("text", type_)
