"""Every test of the journal runs over both databases that it can be kept in."""

import pytest
from asking import begin
from places import Place, Watch


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
    server.empty()
    return Place("postgres", server.url(), tmp_path)


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def journal(place, watch):
    with place.open(clock=watch, pause=watch.pause) as journal:
        begin(journal)
        journal._make_room()  # so that the next commit is that of an intent
        yield journal
