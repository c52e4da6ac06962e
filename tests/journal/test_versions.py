"""A team's tables of an older version: what is said of them, and how they come up to date."""

import json
from contextlib import closing
from datetime import UTC, datetime
from decimal import Decimal
from hashlib import shake_128

import pytest

from enrichctl.errors import StateError
from enrichctl.journal import Intent, Journal, history, links, postgres, queries, record_rows
from enrichctl.journal.stores import store_at
from enrichctl.journal.sweep import sweep
from enrichctl.model import Outcome

RUN = "20260301-120000-aaaa"
NEWEST = links.VERSION


@pytest.fixture
def address(server):
    name = server.database("versions")
    server.execute("DROP SCHEMA IF EXISTS enrichctl CASCADE", name)
    return server.url(name)


@pytest.fixture
def at(address, tmp_path, monkeypatch):
    """Return the store as a program of a version has it; the steps to later ones are made up."""
    known = postgres.MIGRATIONS

    def of(version, step="CREATE TABLE later (name TEXT);"):
        later = tmp_path / "later.sql"
        later.write_text(step)
        steps = (*known, *[str(later)] * (version - NEWEST))[:version]
        monkeypatch.setattr(postgres, "MIGRATIONS", steps)
        for module in (links, postgres):
            monkeypatch.setattr(module, "VERSION", version)
        return store_at(address, tmp_path)

    return of


def intent(person="p"):
    return Intent(
        "lemlist", "acc", person.encode(), "", ("email",), ("phone",), RUN, worst=Decimal(20)
    )


def begin(journal):
    entry = history.RunEntry(RUN, datetime(2026, 3, 1, tzinfo=UTC), "/in.csv", "-", ())
    history.begin(journal, entry)


def test_tables_of_the_first_version_are_named_and_brought_up_to_date(at, server):
    assert at(1).init() == 0
    server.execute("DROP ROLE IF EXISTS elder")
    server.execute("CREATE ROLE elder")
    server.execute("GRANT INSERT ON enrichctl.attempts, enrichctl.records TO elder", "versions")
    server.execute(
        "INSERT INTO enrichctl.spending VALUES ('lemlist', 'acc', 'day:x', 7)", "versions"
    )

    store = at(NEWEST)
    with pytest.raises(StateError) as caught:
        Journal(store)
    assert "was made by an older enrichctl" in caught.value.message
    assert "enrichctl journal init" in caught.value.next
    assert store.init() == 1
    assert store.init() == NEWEST

    with Journal(store) as journal:
        begin(journal)
        journal.intend(intent())
        assert journal.spent("lemlist", "day:x") == Decimal("0.000007")
        assert journal.spent("lemlist", f"run:{RUN}") == 20
    for table in ("writers", "kinds", "written"):
        may = f"SELECT has_table_privilege('elder', 'enrichctl.{table}', 'INSERT')"
        assert server.execute(may, "versions") == [(True,)]
    server.execute("DROP OWNED BY elder", "versions")


def test_what_an_older_version_tried_for_records_is_of_few_kinds(at, server):
    at(2).init()
    server.execute(
        """
        INSERT INTO enrichctl.runs (id, started_at, state, input, output, command, pid)
            VALUES ('r', '2026', 'done', '-', '-', '[]', 1);
        INSERT INTO enrichctl.records SELECT 'r', row, 2, 'enriched', '',
            '[{"provider": "here", "attempt": null}, {"provider": "lemlist", "attempt": '
            || row + 6 || '}]', '{}', '' FROM generate_series(1, 2) AS row;
        INSERT INTO enrichctl.records VALUES ('r', 3, 4, 'skipped', '', '[]', '{}', '');
        """,
        "versions",
    )
    store = at(NEWEST)
    assert store.init() == 2
    with Journal(store) as journal:
        found = [record_rows.record(journal, "r", row).tried for row in (1, 2, 3)]
        paths = dict(journal.read(queries.PATHS, ("r",)))
    said = [[(one["provider"], one["attempt"]) for one in tried] for tried in found]
    assert said == [[("here", None), ("lemlist", number)] for number in (7, 8)] + [[]]
    assert paths == {'[["here","",[]],["lemlist","",[]]]': 2, "[]": 1}
    assert server.execute("SELECT count(*) FROM enrichctl.kinds", "versions") == [(2,)]


def test_what_was_tried_may_be_long(at, server):
    """A reason may quote the row."""
    at(2).init()
    noise = shake_128(b"x").hexdigest(10_000)
    tried = json.dumps([{"provider": "here", "attempt": 7, "reason": noise}])
    server.execute(
        """
        INSERT INTO enrichctl.runs (id, started_at, state, input, output, command, pid)
            VALUES ('r', '2026', 'done', '-', '-', '[]', 1);
        INSERT INTO enrichctl.records VALUES ('r', 1, 2, 'review', '', 'TRIED', '{}', '');
        """.replace("TRIED", tried),
        "versions",
    )
    store = at(NEWEST)
    assert store.init() == 2
    with Journal(store) as journal:
        (one,) = record_rows.record(journal, "r", 1).tried
    assert (one["attempt"], one["reason"]) == (7, noise)


def test_a_step_that_fails_changes_nothing(at, server):
    at(NEWEST).init()
    with pytest.raises(StateError, match="cannot be used"):
        at(NEWEST + 1, "CREATE TABLE later (name TEXT); SELECT 1 / 0;").init()
    assert server.execute("SELECT version FROM enrichctl.about", "versions") == [(NEWEST,)]
    assert server.execute("SELECT to_regclass('enrichctl.later')", "versions") == [(None,)]


def test_who_is_at_work_with_an_older_version_stops_and_loses_no_answer(at):
    """The tables may mean something else from now on."""
    at(NEWEST).init()
    old = Journal(at(NEWEST))
    begin(old)
    number = old.intend(intent())
    assert at(NEWEST + 1).init() == NEWEST
    at(NEWEST)
    for write in (
        lambda: old.intend(intent("q")),
        lambda: old.settle(number, Outcome.MATCHED, credits=Decimal(5), answer={"phone": "1"}),
    ):
        with pytest.raises(StateError, match="of another version by now") as caught:
            write()
        assert "upgrade enrichctl" in caught.value.next
    old.close()
    with pytest.raises(StateError, match="written by a newer enrichctl"):
        Journal(at(NEWEST))
    with Journal(at(NEWEST + 1)) as new:
        sweep(new)
        assert new.attempt(number).answer == {"phone": "1"}
        assert new.spent("lemlist", f"run:{RUN}") == 5


def test_what_tells_commits_apart_goes_with_its_writer(at, server):
    store = at(NEWEST)
    store.init()
    count = "SELECT count(*) FROM enrichctl.writers"
    with Journal(store) as journal:
        begin(journal)
        assert server.execute(count, "versions") == [(1,)]
        server.execute(
            "INSERT INTO enrichctl.writers VALUES ('dead', 1, 1, '[]', '2020-01-01')", "versions"
        )
    with closing(store.connect()):
        assert server.execute(count, "versions") == [(0,)]
