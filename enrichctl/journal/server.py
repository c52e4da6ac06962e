"""How a connection to the server of a team's journal is opened: direct, private, and watched.

The password is never part of an address: libpq finds it in ``PGPASSFILE`` or a service file, or a
command prints it. A connection to another machine is encrypted, and the server has to prove who it
is, unless the address says otherwise.
"""

import getpass
import socket
from collections.abc import Callable, Mapping
from functools import cache
from itertools import count
from typing import Any

import psycopg
from psycopg.adapt import Loader
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.types.numeric import Int8Dumper
from psycopg.types.string import StrDumperUnknown

from enrichctl.errors import StateError, UsageError
from enrichctl.patterns import pattern

SCHEMA = "enrichctl"
CONNECT_SECONDS = 10
LOCK_MS = 1_000  # that one try to write waits for others
IDLE_MS = 15_000  # after which a writer that is stopped in the middle loses its turn

_WATCHED = {  # how soon either side learns that the other is gone
    "keepalives": 1, "keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3,
    "tcp_user_timeout": 30_000,
}  # fmt: skip
_SET_UP = f"""
SET search_path = {SCHEMA};
SET client_encoding = 'UTF8';
SET lock_timeout = {LOCK_MS};
SET idle_in_transaction_session_timeout = {IDLE_MS};
SET tcp_keepalives_idle = 30;
SET tcp_keepalives_interval = 10;
SET tcp_keepalives_count = 3;
SET tcp_user_timeout = 30000;
SELECT set_config('synchronous_commit', 'on', false)
    WHERE current_setting('synchronous_commit') IN ('off', 'local')
"""
_MARK = pattern(r"\?(\d*)")
_REFUSALS = (  # of a connection: libpq tells them by nothing but their words
    "authentication failed", "no password supplied", "does not exist", "no pg_hba.conf entry",
    "certificate", "does not support SSL", "SSL error: wrong version", "alert protocol version",
    "not permitted to log in",
)  # fmt: skip
# A connection that libpq did not even try to open: something in the address cannot be.
_UNTRIED, _TRIED = "connection is bad: ", "connection to server "
_NO_PORT = "Servname not supported"


class _Text(StrDumperUnknown):
    """Text without the one character that PostgreSQL cannot hold."""

    def dump(self, obj: str) -> Any:
        """Return it as it is sent."""
        return super().dump(obj.replace("\0", "\ufffd") if "\0" in obj else obj)


class _Whole(Loader):
    """Sums of whole numbers, which come as ``numeric``."""

    def load(self, data: Any) -> int:
        """Return one as it is used."""
        return int(bytes(data))


@cache
def translated(sql: str) -> str:
    """Return a statement with its values' places as PostgreSQL writes them."""
    number = count(1)
    return _MARK.sub(lambda mark: f"${mark[1] or next(number)}", sql)


def who() -> str:
    """Return who works here, for others to see: user@host."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):  # a container's user may have no name
        user = "unknown"
    return f"{user}@{socket.gethostname()}"


def refuse_secrets(url: str) -> None:
    """See to it that an address can be shown.

    Raises:
        UsageError: It holds a password, or cannot be read.
    """
    try:
        parts = conninfo_to_dict(url)
    except psycopg.Error:
        raise UsageError(
            "the address of the journal cannot be read",
            next="write it as postgresql://USER@HOST/DATABASE",
        ) from None
    if secret := {"password", "sslpassword"} & parts.keys():
        raise UsageError(
            f"the address of the journal holds a {secret.pop()}, which messages would show",
            next="take it out, and put it into the file that PGPASSFILE names (~/.pgpass)",
        )


def security(url: str, ca_bundle: str, environ: Mapping[str, str]) -> dict[str, str]:
    """Return how a connection is encrypted, where neither the address nor libpq says so.

    Args:
        url: The address.
        ca_bundle: File of certificate authorities; "" for the system's.
        environ: Environment variables.
    """
    parts = {**_defaults(environ), **conninfo_to_dict(url)}
    hosts = str(parts.get("host") or parts.get("hostaddr") or "").split(",")
    if "sslmode" in parts or all(_is_local(host) for host in hosts):
        return {}
    roots = {} if "sslrootcert" in parts else {"sslrootcert": ca_bundle or "system"}
    return {"sslmode": "verify-full", **roots}


def _defaults(environ: Mapping[str, str]) -> dict[str, str]:
    """Return what the environment says of a server, and a service file that it names."""
    names = {"PGHOST": "host", "PGHOSTADDR": "hostaddr", "PGSSLMODE": "sslmode",
             "PGSSLROOTCERT": "sslrootcert"}  # fmt: skip
    return {word: environ[name] for name, word in names.items() if environ.get(name)}


def _is_local(host: str) -> bool:
    return host in ("", "localhost", "::1") or host.startswith(("/", "@", "127."))


def open_direct(
    url: str, *, password: Callable[[], str], ca_bundle: str, environ: Mapping[str, str]
) -> "psycopg.Connection[Any]":
    """Open a connection, see that nothing stands in between, and set it up.

    Raises:
        psycopg.Error: It cannot be opened.
        StateError: A pooler is in between.
    """
    secret = password()
    private = security(url, ca_bundle, environ)
    address = make_conninfo(
        url,
        connect_timeout=CONNECT_SECONDS,
        application_name=f"enrichctl {who()}"[:63],
        **_WATCHED,
        **private,
        **({"password": secret} if secret else {}),
    )
    db = psycopg.connect(address, autocommit=True, cursor_factory=psycopg.RawCursor)
    try:
        ((process,),) = db.execute("SELECT pg_backend_pid()").fetchall()
        if process != db.info.backend_pid:
            raise pooled(url)  # noqa: TRY301 - the connection is closed below
        if not private and not _is_local(db.info.host):
            _refuse_open(url, db.info.get_parameters())
        db.execute(_SET_UP, prepare=False)
    except BaseException:
        db.close()
        raise
    db.adapters.register_dumper(int, Int8Dumper)
    db.adapters.register_dumper(str, _Text)
    db.adapters.register_loader("numeric", _Whole)
    return db


def pooled(url: str) -> StateError:
    """Return what is raised where a pooler stands in between.

    Which runs are alive is told by locks of their connections. Behind a pooler a connection is
    anybody's from one transaction to the next, and so is its lock.
    """
    return StateError(
        f"a connection pooler stands between here and the journal {url}: the locks that tell who"
        " is alive, and keep a call from being paid for twice, do not pass it",
        next="give the address of the server itself (a pooler's port is often 6432, the"
        " server's 5432)",
    )


def _refuse_open(url: str, used: Mapping[str, str]) -> None:
    """See to it that a service file says how the connection is encrypted, of another machine."""
    if "sslmode" not in used:
        raise StateError(
            f"the service of the journal {url} leads to another machine, and says nothing of"
            " encryption",
            next="add sslmode=verify-full and sslrootcert=system to it",
        )


def refused(error: Exception) -> str:
    """Return in which words a server refuses a connection; "" where it is away."""
    said = words(error)
    return said if any(one in said for one in _REFUSALS) else ""


def unfit(error: Exception) -> str:
    """Return in which words an address is refused before anything is tried; "" where it is not."""
    said = words(error)
    is_untried = said.startswith(_UNTRIED) and _TRIED not in said
    return said.removeprefix(_UNTRIED) if is_untried or _NO_PORT in said else ""


def words(error: Exception) -> str:
    """Return what an error says, on one line."""
    return " ".join(str(error).split()) or type(error).__name__
