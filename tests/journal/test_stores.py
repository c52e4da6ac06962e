"""Both databases hold the same, and an address says which one it is."""

import re
from importlib.resources import files

import pytest

from enrichctl.errors import UsageError
from enrichctl.journal import postgres, sqlite
from enrichctl.journal.stores import store_at

COLUMN = re.compile(r"^ {4}(\w+) +(?:TEXT|INTEGER|BIGINT|REAL|DOUBLE|BLOB|BYTEA)\b", re.MULTILINE)
ONLY_THERE = {"about": {"version"}, "runs": {"rowid"}}
ONLY_SHARED = {
    "limits",
    "departures",
    "pauses",
    "moved",
    "moved_spending",
    "moved_records",
    "moved_written",
    "writers",
}


def tables(*scripts):
    found = {}
    for name in scripts:
        text = (files("enrichctl.journal") / name).read_text("utf-8")
        for table, body in re.findall(
            r"CREATE TABLE (\w+) \((.*?)\)(?: STRICT[^;]*)?;", text, re.DOTALL
        ):
            found[table] = set(COLUMN.findall(body)) or {body.split()[0]}
        for table, column in re.findall(r"ALTER TABLE (\w+) ADD COLUMN (\w+)", text):
            found[table].add(column)
        for table, column in re.findall(r"ALTER TABLE (\w+) DROP COLUMN (\w+)", text):
            found[table].discard(column)
    return found


def test_both_databases_have_the_same_tables_and_columns():
    server, file = tables(*postgres.MIGRATIONS), tables(*sqlite.MIGRATIONS)

    assert {
        name: columns - ONLY_THERE.get(name, set())
        for name, columns in server.items()
        if name not in ONLY_SHARED
    } == {
        "about": set(),
        **file,
    }


def test_an_address_that_holds_a_password_is_refused_without_showing_it(tmp_path):
    for where in ("postgresql://me:geheim@db/x", "postgresql://db/x?password=geheim"):
        with pytest.raises(UsageError) as caught:
            store_at(where, tmp_path)
        assert "PGPASSFILE" in caught.value.next
        assert "geheim" not in caught.value.message + caught.value.next


@pytest.mark.parametrize("where", ["mysql://db/x", "db/x", "postgresql://[oops"])
def test_an_address_of_nothing_is_refused(where, tmp_path):
    with pytest.raises(UsageError, match="address of the journal"):
        store_at(where, tmp_path)
