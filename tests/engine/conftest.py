from collections.abc import Iterator

import pytest
from rig import Rig

from enrichctl.journal.stores import store_at


@pytest.fixture
def rig(request, tmp_path, monkeypatch) -> Iterator[Rig]:
    """Return a rig with its journal in a file; on a server where a test asks for that."""
    address = ""
    if getattr(request, "param", "") == "postgres":
        server = request.getfixturevalue("server")
        address = server.url(server.database("engine"))
        store_at(address, tmp_path).init()
        server.empty("engine")
        # Runs of before its start are given time to come back; not in a test of a second.
        monkeypatch.setattr("enrichctl.journal.session_locks.GRACE", 0)
    rig = Rig(tmp_path / "journal.db", address)
    yield rig
    rig.journal.close()
