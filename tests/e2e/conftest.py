"""A fresh home for the installed command, and the sandbox it talks to."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from contracts.wire import complaints, recording
from e2e_machines import DATABASE
from e2e_shell import Shell

from enrichctl.sandbox import Sandbox

if TYPE_CHECKING:
    from postgres import Server


@pytest.fixture
def shell(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shell]:
    """A home with nothing in it and no keys; whatever is sent from it must be as documented."""
    wire = tmp_path_factory.mktemp("wire") / "sent"
    yield Shell(
        tmp_path,
        {
            "HOME": str(tmp_path / "home"),
            "ENRICHCTL_STATE_DIR": str(tmp_path / "state"),
            "PATH": os.environ["PATH"],
            "LANG": "C.UTF-8",
            **recording(wire),
        },
    )
    assert complaints(wire) == []


@pytest.fixture
def box() -> Iterator[Sandbox]:
    """The four vendors."""
    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def paid(shell: Shell, box: Sandbox) -> Shell:
    """A home that is logged in at the sandbox."""
    shell.environ |= box.environ()
    return shell


@pytest.fixture
def known(box: Sandbox) -> Callable[[str, int], list[str]]:
    """Return e-mails of people whom a vendor knows."""

    def find(vendor: str, count: int) -> list[str]:
        population = box.population
        found = [
            person.email
            for person in population.people.values()
            if population.person_at(vendor, person.email)
        ]
        return found[:count]

    return find


@pytest.fixture
def machines(paid: Shell, box: Sandbox, server: "Server", tmp_path: Path) -> list[Shell]:
    """Return three machines, each with a home of its own, that share one journal."""
    box.set(limits=False, latency=0.1)
    server.execute("DROP SCHEMA IF EXISTS enrichctl CASCADE", server.database(DATABASE))
    made = []
    for name in ("one", "two", "three"):
        folder = tmp_path / name
        folder.mkdir()
        environ = {
            **paid.environ,
            "HOME": str(folder),
            "ENRICHCTL_STATE_DIR": str(folder / "state"),
            "ENRICHCTL_JOURNAL": server.url(DATABASE),
        }
        made.append(Shell(folder, environ))
    done = made[0]("journal", "init")
    assert done.returncode == 0, done.stderr
    assert b"GRANT SELECT, INSERT, UPDATE, DELETE" in done.stdout
    return made
