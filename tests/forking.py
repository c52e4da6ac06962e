"""Runs the command in a process that is forked from one that has run it before.

Tests start the command more than a thousand times, and nearly all of what that costs is reading the
same modules and data. All else is as at any start: arguments, environment, folder, streams, how it
ends. What only a start of its own shows (terminals, signals, crashes, another Python path) has one,
as has every command of the manual.
"""

import atexit
import contextlib
import functools
import gc
import importlib
import json
import os
import selectors
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from enrichctl.__main__ import main
from enrichctl.cli import app

COMMAND = str(Path(sys.executable).with_name("enrichctl"))
LEADS = Path(__file__).parent / "data" / "leads.csv"
RECORDER = str(Path(__file__).parent / "contracts" / "recorder")
READ_AT_START = ("PYTHON", "LC_", "LANG", "ENRICHCTL_FAILPOINT")
USUAL = {"PYTHONPATH": RECORDER, "LANG": "C.UTF-8"}  # of those, what a fork knows as well
BEFORE = (
    "enrich {leads} -o {folder}/out.csv -q",
    "enrich {leads} -o {folder}/made_up.csv -q --sandbox -p offline,leadlex,lemlist --limit 9",
    "status last",
    "status last --json",
)
LONGEST = 200_000  # bytes of a request


def run(
    words: Sequence[str], *, folder: Path, environ: Mapping[str, str], stdin: bytes = b"",
    timeout: float = 60,
) -> subprocess.CompletedProcess[bytes]:  # fmt: skip
    """Run ``enrichctl`` to its end, in a fork unless only a start shows what an environment does.

    Raises:
        TimeoutExpired: It took longer than so many seconds, and was killed.
    """
    argv = [COMMAND, *words]
    if any(environ[name] != USUAL.get(name) for name in environ if name.startswith(READ_AT_START)):
        return subprocess.run(
            argv, input=stdin, capture_output=True, cwd=folder, env=environ, timeout=timeout,
            check=False,
        )  # fmt: skip
    (theirs, into), (out, its_out), (err, its_err) = os.pipe(), os.pipe(), os.pipe()
    ended, end = socket.socketpair()
    with end:
        request = json.dumps([argv, dict(environ), folder], default=str).encode()
        socket.send_fds(_server(), [request], [theirs, its_out, its_err, end.fileno()])
    for fd in (theirs, its_out, its_err):
        os.close(fd)
    with ended, ThreadPoolExecutor(3) as streams:
        said = [streams.submit(_read, fd) for fd in (out, err)]
        streams.submit(_write, into, stdin)
        pid = int(ended.recv(20))
        ended.settimeout(timeout)
        try:
            status = int(ended.recv(20))
        except TimeoutError:
            os.kill(pid, signal.SIGKILL)
            raise subprocess.TimeoutExpired(argv, timeout) from None
        return subprocess.CompletedProcess(argv, status, *(each.result() for each in said))


def _read(fd: int) -> bytes:
    with os.fdopen(fd, "rb") as file:
        return file.read()


def _write(fd: int, data: bytes) -> None:
    with contextlib.suppress(BrokenPipeError), os.fdopen(fd, "wb") as file:
        file.write(data)


@functools.cache
def _server() -> socket.socket:
    """Start what forks; it ends with this process."""
    door, other = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with other:
        process = subprocess.Popen(
            [sys.executable, __file__, str(other.fileno())], pass_fds=[other.fileno()],
            stdin=subprocess.DEVNULL, env={"PATH": os.environ["PATH"], "LANG": USUAL["LANG"]},
        )  # fmt: skip
    atexit.register(lambda: (door.close(), process.wait()))
    return door


def _serve(door: socket.socket) -> bool:
    """Fork for each request until nobody is left to ask; return whether this is a fork."""
    running: dict[int, tuple[int, socket.socket]] = {}
    watched = selectors.DefaultSelector()
    watched.register(door, selectors.EVENT_READ)
    while True:
        for key, _ in watched.select():
            if key.fileobj is not door:
                pid, end = running.pop(key.fd)
                watched.unregister(key.fd)
                os.close(key.fd)
                status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
                with end, contextlib.suppress(BrokenPipeError):
                    end.send(str(status).encode())
                continue
            request, fds, *_ = socket.recv_fds(door, LONGEST, 4)
            if not request:
                return False
            pid = os.fork()
            if pid == 0:
                for one in (watched, door, *(end for _, end in running.values())):
                    one.close()  # else it is closed later, when its number is another's
                _become(*json.loads(request), fds[:3])
                return True
            for fd in fds[:3]:
                os.close(fd)
            end = socket.socket(fileno=fds[3])
            end.send(f"{pid:<20}".encode())
            watch = os.pidfd_open(pid)
            running[watch] = pid, end
            watched.register(watch, selectors.EVENT_READ)


def _become(argv: list[str], environ: dict[str, str], folder: str, fds: list[int]) -> None:
    """Take on arguments, environment, folder and streams, as a process that has just started."""
    for number, fd in enumerate(fds):
        os.dup2(fd, number)
    os.closerange(3, 256)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environ)
    time.tzset()
    sys.argv = argv
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        before = getattr(sys, name)
        stream = os.fdopen(
            number, "w" if number else "r", 1 if number == 2 else -1, before.encoding,
            before.errors, "\n",
        )  # fmt: skip
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)
    if "PYTHONPATH" in environ:
        sys.path.insert(1, RECORDER)
        sys.modules.pop("sitecustomize", None)
        importlib.import_module("sitecustomize")


def _warm_up() -> None:
    """Run a few commands: what they import, and what facts are read of, is there from then on."""
    with tempfile.TemporaryDirectory() as folder, Path(os.devnull).open("w") as nowhere:
        os.environ |= {"HOME": folder, "ENRICHCTL_STATE_DIR": folder}
        with contextlib.redirect_stdout(nowhere), contextlib.redirect_stderr(nowhere):
            for line in BEFORE:
                assert app.run(line.format(leads=LEADS, folder=folder).split()) == 0, line
    threads = list(Path("/proc/self/task").iterdir())
    assert len(threads) == 1, "what is forked from several may stand still"
    gc.collect()
    gc.freeze()


def _end() -> None:
    """Run the command to its end as Python does, but leave it to the system to free what it had."""
    try:
        main()
        status = 0
    except SystemExit as end:
        status = end.code or 0
    threading._shutdown()
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    os._exit(status)


if __name__ == "__main__":
    _warm_up()
    if _serve(socket.socket(fileno=int(sys.argv[1]))):
        _end()
