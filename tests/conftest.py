"""Every test is alone on this machine: no network, no home, nothing of whoever runs it."""

import itertools
import os
import signal
import socket
import sqlite3
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from postgres import Server

LOCAL = frozenset({"127.0.0.1", "::1", "localhost", ""})
FOREIGN = (
    "ENRICHCTL_", "CREDENTIALS_DIRECTORY", "DBUS_SESSION_BUS_ADDRESS", "DISPLAY", "NETRC",
    "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE",
    "NO_COLOR", "FORCE_COLOR", "CLICOLOR", "COLUMNS",
)  # fmt: skip

# Under nohup, or in the background of a script, the parent ignores Ctrl-C, and so would everything
# that the tests start: they say themselves where that is meant.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

settings.register_profile(
    "repeatable",
    deadline=None,  # a busy machine is no bug
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("repeatable")


def pytest_xdist_auto_num_workers() -> int:
    """Answer ``-n auto``: two for each core, since end-to-end tests wait more than they work."""
    return 2 * len(os.sched_getaffinity(0))


@pytest.fixture(autouse=True, scope="session")
def only_loopback() -> Iterator[None]:
    """Refuse every connection beyond this machine, and every question to a name server."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("connect", "connect_ex"):
            patch.setattr(socket.socket, name, _guarded(getattr(socket.socket, name)))
        resolve = socket.getaddrinfo

        def getaddrinfo(host, *more, **how):
            name = host.decode() if isinstance(host, bytes) else host or ""
            if name.endswith(".invalid"):  # reserved: no name server knows it
                raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
            _refuse_foreign(name)
            return resolve(host, *more, **how)

        patch.setattr(socket, "getaddrinfo", getaddrinfo)
        yield


def _guarded(connect):
    def guarded(self, address):
        if self.family in (socket.AF_INET, socket.AF_INET6):
            _refuse_foreign(address[0])
        return connect(self, address)

    return guarded


def _refuse_foreign(host: str) -> None:
    if host not in LOCAL:
        pytest.fail(f"a test reaches for {host}, which is beyond this machine")


@pytest.fixture(scope="session")
def one_server() -> "Iterator[Server]":
    """Return the PostgreSQL server of all tests of this process; making one takes a second."""
    from postgres import Server  # noqa: PLC0415 - few tests need one

    with Server() as server:
        yield server


@pytest.fixture
def server(one_server: "Server") -> "Iterator[Server]":
    """Return that server; a test may stop it."""
    yield one_server
    one_server.start()


@pytest.fixture(scope="session")
def homes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Return one after the other; ``mktemp`` would look through all of them for the next number."""
    folder = tmp_path_factory.mktemp("homes")
    return (folder / str(number) for number in itertools.count())


@pytest.fixture(autouse=True)
def own_home(homes: Iterator[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """Give the test a home of its own, and an environment that says nothing else."""
    for name in os.environ:
        if name.startswith(FOREIGN) or name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    home = next(homes)
    home.mkdir(mode=0o700)
    monkeypatch.setenv("HOME", str(home))
    for kind in ("CONFIG_HOME", "DATA_HOME", "STATE_HOME", "CACHE_HOME", "RUNTIME_DIR"):
        monkeypatch.setenv(f"XDG_{kind}", str(home / kind.lower()))
    monkeypatch.setenv("ENRICHCTL_STATE_DIR", str(home / "enrichctl"))


@pytest.fixture(autouse=True)
def closed_databases(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Close what a test leaves open: Python 3.13 and later warn of it, in whatever test is next."""
    opened: list[sqlite3.Connection] = []
    connect = sqlite3.connect

    def remembered(*place, **how):
        db = connect(*place, **how)
        opened.append(db)
        return db

    monkeypatch.setattr(sqlite3, "connect", remembered)
    yield
    for db in opened:
        with suppress(sqlite3.ProgrammingError):  # of a thread that has it still
            db.close()
