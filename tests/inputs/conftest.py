"""A fresh home for the installed command, and a vendor of our own that logs what it is told."""

import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from acme import Acme
from bench import Bench


@pytest.fixture
def acme() -> Iterator[Acme]:
    """A vendor on this machine; see `Acme`."""
    with Acme() as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    """A folder with a home in it, in which the command is run on inputs."""
    return Bench(
        tmp_path,
        {
            "HOME": str(tmp_path / "home"),
            "ENRICHCTL_STATE_DIR": str(tmp_path / "state"),
            "PATH": os.environ["PATH"],
            "LANG": "C.UTF-8",
        },
    )
