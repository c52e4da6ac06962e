"""Every test of the journal runs over both databases that it can be kept in."""

from collections.abc import Iterator

import pytest
from places import Place
from postgres import Server


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    with Server() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgres"])
def place(request, tmp_path) -> Place:
    if request.param == "sqlite":
        return Place("sqlite", "", tmp_path)
    server = request.getfixturevalue("server")
    # Whoever has just started the server waits for those who were cut off; not for dates of tests.
    request.getfixturevalue("monkeypatch").setattr("enrichctl.journal.session_locks.GRACE", 0)
    server.execute("DROP SCHEMA IF EXISTS enrichctl CASCADE")
    place = Place("postgres", server.url(), tmp_path)
    place.store().init()
    return place
