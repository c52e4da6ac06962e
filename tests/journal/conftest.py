"""Every test of the journal runs over both databases that it can be kept in."""

import pytest
from places import Place, Watch

# Tables are made once for each server, since that takes a third of a second. Runs go last: attempts
# point at them.
_EMPTY = """
DO $$ DECLARE name TEXT; BEGIN
    FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'enrichctl'
        AND tablename <> 'about' ORDER BY tablename = 'runs'
    LOOP EXECUTE 'DELETE FROM enrichctl.' || quote_ident(name); END LOOP;
    PERFORM setval(pg_class.oid, 1, false) FROM pg_class JOIN pg_namespace
        ON pg_namespace.oid = relnamespace WHERE relkind = 'S' AND nspname = 'enrichctl';
END $$
"""


@pytest.fixture(scope="session")
def tables(one_server, tmp_path_factory) -> None:
    Place("postgres", one_server.url(), tmp_path_factory.mktemp("init")).store().init()


@pytest.fixture(params=["sqlite", "postgres"])
def place(request, tmp_path) -> Place:
    if request.param == "sqlite":
        return Place("sqlite", "", tmp_path)
    request.getfixturevalue("tables")
    server = request.getfixturevalue("server")
    # Whoever has just started the server waits for those who were cut off; not for dates of tests.
    request.getfixturevalue("monkeypatch").setattr("enrichctl.journal.session_locks.GRACE", 0)
    server.execute(_EMPTY)
    return Place("postgres", server.url(), tmp_path)


@pytest.fixture
def watch() -> Watch:
    return Watch()
