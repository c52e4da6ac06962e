"""Ask LeadLex and lemlist through a proxy that tampers, and hold every value against the truth.

By hand::

    python tests/soak/tampering.py --people 2000 --seed 1
    python tests/soak/tampering.py --people 2000 --told email

The proxy stands between the tool and the sandbox. Now and then it sends interim replies before an
answer, an answer twice, an earlier one late on an idle connection, or the answers to two requests
the wrong way round.

It prints what was done, charged, booked and filled, and ends with 0 only when no row holds a value
that a run without the proxy does not give it, and the ledger is what the journal says.

With ``--told email`` rows name nobody but by their address, and LeadLex does not say whom it found
by one: where the address spells no name for sure, nothing tells a swapped answer. Such values are
listed, and are no failure.
"""

import argparse
import csv
import io
import os
import random
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from typing import Any, Self

from enrichctl.sandbox import Sandbox
from enrichctl.sandbox.words import FIRST_NAMES, LAST_NAMES

COMMAND = str(Path(sys.executable).with_name("enrichctl"))
VENDORS = ("leadlex", "lemlist")
WANTS = "job_title,linkedin_url,industry,location"
TRICKS = {"interim": 0.06, "late": 0.04, "twice": 0.02, "swapped": 0.06}  # the rest is let through
TOGETHER = 0.2  # seconds that an answer waits for another to be swapped with
LATE = 0.02  # seconds after an answer, at most, at which an old one follows it
SHOWN = 40  # wrong values that are listed
SETTLED = ("matched", "missed", "failed", "declined")


class Proxy:
    """Passes requests on to a sandbox, one connection for each of the client's.

    Attributes:
        done: Tricks, and how often each was played.
    """

    def __init__(self, port: int, seed: int, tricks: dict[str, float]) -> None:
        self._upstream, self._tricks = port, tricks
        self._chance = random.Random(seed)  # noqa: S311 - reproducible, not secret
        self._lock = threading.Lock()
        self._waiting: dict[str, tuple[list[bytes], threading.Event]] = {}
        self._open: list[socket.socket] = []
        self._idle: set[socket.socket] = set()  # on which nobody waits for an answer
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.done: Counter[str] = Counter()

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *exc: object) -> None:
        for one in (self._listener, *self._open):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self._open.append(client)
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        upstream = HTTPConnection("127.0.0.1", self._upstream)
        before = b""  # the answer to an earlier request of this connection, read by now
        with client, client.makefile("rb") as incoming, suppress(OSError):
            while line := incoming.readline():
                self._idle.discard(client)
                method, path, _ = line.decode("latin-1").split(" ")
                headers = {}
                while (line := incoming.readline().decode("latin-1").strip()) != "":
                    name, _, value = line.partition(": ")
                    headers[name] = value
                body = incoming.read(int(headers.get("Content-Length", "0")))
                upstream.request(method, path, body or None, headers)
                before = self._answer(client, _kind(method, path), _whole(upstream), before)
        upstream.close()

    def _answer(self, client: socket.socket, kind: str, answer: bytes, before: bytes) -> bytes:
        """Answer a request, perhaps not as it should be; return with what."""
        trick = self._trick()
        if trick == "swapped":
            answer, trick = self._swapped(kind, answer), ""
        if trick == "interim":
            for _ in range(self._chance.randint(1, 3)):
                client.sendall(b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n")
                time.sleep(self._chance.choice([0, 0.005]))
        self._idle.add(client)
        client.sendall(answer + (answer if trick == "twice" else b""))
        if trick == "late":
            late = self._chance.choice([before, answer])
            timer = threading.Timer(self._chance.uniform(0, LATE), self._send, (client, late))
            timer.daemon = True
            timer.start()
        if trick:
            self.done[trick] += 1
        return answer

    def _send(self, client: socket.socket, data: bytes) -> None:
        """Send what nobody waits for: HTTP has no way to tell it from an answer that is due."""
        with suppress(OSError):
            if client in self._idle:
                client.sendall(data)

    def _trick(self) -> str:
        with self._lock:
            dice = self._chance.random()
            for trick, share in self._tricks.items():
                dice -= share
                if dice < 0:
                    return trick
        return ""

    def _swapped(self, kind: str, mine: bytes) -> bytes:
        """Return the answer to another request of the kind, which gets this one for it."""
        with self._lock:
            other = self._waiting.pop(kind, None)
            if other is None:
                box, event = [mine], threading.Event()
                self._waiting[kind] = box, event
        if other is not None:
            box, event = other
            theirs, box[0] = box[0], mine
            self.done["swapped"] += 2
            event.set()
            return theirs
        if not event.wait(TOGETHER):
            with self._lock:
                if self._waiting.get(kind) == (box, event):
                    del self._waiting[kind]
                    return mine
            event.wait()
        return box[0]


def _kind(method: str, path: str) -> str:
    """Return what requests have in common whose answers look alike."""
    parts = path.partition("?")[0].split("/")
    return " ".join([method, *("*" if part.startswith("enr_") else part for part in parts)])


def _whole(upstream: HTTPConnection) -> bytes:
    """Return a whole answer as it is sent on."""
    reply = upstream.getresponse()
    body = reply.read()
    headers = [(n, v) for n, v in reply.getheaders() if n.lower() != "transfer-encoding"]
    head = [f"HTTP/1.1 {reply.status} {reply.reason}", *(f"{n}: {v}" for n, v in headers)]
    if not any(name.lower() == "content-length" for name, _ in headers):
        head.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*head, "", ""]).encode("latin-1") + body


@dataclass
class Account:
    """What came of it.

    Attributes:
        seconds: What the run took.
        exit: Its exit status.
        rows: Rows read, and rows written.
        tricks: What was played, and how often.
        statuses: Status → rows.
        values: Values filled, and those that the run without a proxy fills.
        wrong: Values that are not the row's, in words.
        may_be_wrong: Nothing can tell some of the answers apart.
        money: Vendor → credits charged, booked for sure, and booked as doubt.
    """

    seconds: float
    exit: int
    rows: tuple[int, int]
    tricks: dict[str, int]
    statuses: dict[str, int]
    values: tuple[int, int] = (0, 0)
    wrong: list[str] = field(default_factory=list)
    money: dict[str, tuple[int, int, int]] = field(default_factory=dict)
    may_be_wrong: bool = False

    @property
    def holds(self) -> bool:
        """Tell whether every promise held."""
        bounds = all(sure <= spent <= sure + doubt for spent, sure, doubt in self.money.values())
        right = self.may_be_wrong or not self.wrong
        return self.rows[0] == self.rows[1] and bounds and right


def people(box: Sandbox, count: int, seed: int) -> list[Any]:
    """Return so many people, whom the sandbox makes up from their address; few share a name."""
    chance = random.Random(seed)  # noqa: S311 - reproducible, not secret
    domains = list(box.population.companies)
    names = [(first, last) for first in FIRST_NAMES for last in LAST_NAMES]
    chance.shuffle(names)
    names *= 2
    mails = (f"{a}.{b}@{chance.choice(domains)}".lower() for a, b in names)
    plain = (mail for mail in mails if mail.isascii() and "'" not in mail and " " not in mail)
    found = (box.population.person(mail) for mail in dict.fromkeys(plain))
    known = [person for person in found if person is not None]
    if len(known) < count:
        raise ValueError(f"there are names for {len(known)} people only")
    return known[:count]


def words(folder: Path, name: str) -> list[str]:
    """Return the command line of a run."""
    return ["enrich", str(folder / "in.csv"), "-p", ",".join(VENDORS), "-w", WANTS, "-y", "-q",
            "-o", str(folder / f"{name}.csv"), "--concurrency", "8"]  # fmt: skip


def enrich(folder: Path, name: str, environ: dict[str, str]) -> int:
    """Run the command; return its exit status."""
    env = {"PATH": os.environ["PATH"], "HOME": str(folder), **environ,
           "ENRICHCTL_STATE_DIR": str(folder / name)}  # fmt: skip
    done = subprocess.run(
        [COMMAND, *words(folder, name)],
        cwd=folder,
        env=env,
        capture_output=True,
        check=False,
        timeout=1800,
    )
    if b"Traceback" in done.stderr:
        raise RuntimeError(done.stderr.decode())
    return done.returncode


def booked(folder: Path, vendor: str) -> tuple[int, int]:
    """Return what the journal says was charged for sure, and what may have been; millionths."""
    db = sqlite3.connect(folder / "journal.db")
    rows = db.execute("SELECT outcome, credits FROM attempts WHERE provider=?", (vendor,))
    listed = rows.fetchall()
    db.close()
    sure = sum(credits_ for outcome, credits_ in listed if outcome in SETTLED)
    return sure, sum(credits_ for _, credits_ in listed) - sure


def tamper(
    folder: Path,
    *,
    count: int,
    seed: int,
    told: str = "names",
    tricks: dict[str, float] = TRICKS,
    run: Callable[[Path, str, dict[str, str]], int] = enrich,
) -> Account:
    """Run with the proxy and without, and compare."""
    with Sandbox(limits=False, seed=seed, record=False) as box:
        columns: dict[str, Callable[[Any], str]] = {"email": lambda one: one.email}
        if told == "names":
            columns |= {
                "first_name": lambda one: one.first_name,
                "last_name": lambda one: one.last_name,
                "company": lambda one: one.company.name,
            }
        rows = [[value(one) for value in columns.values()] for one in people(box, count, seed)]
        with (folder / "in.csv").open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([list(columns), *rows])
        calm = box.environ()
        run(folder, "calm", calm)
        box.reset()
        with Proxy(int(box.root.rpartition(":")[2]), seed, tricks) as proxy:
            environ = {name: text.replace(box.root, proxy.url) for name, text in calm.items()}
            began = time.monotonic()
            status = run(folder, "out", environ)
            took = time.monotonic() - began
        out, due = (_read(folder / f"{name}.csv") for name in ("out", "calm"))
        statuses = dict(Counter(row["enrichctl_status"] for row in out))
        found = Account(took, status, (count, len(out)), dict(proxy.done), statuses)
        found.may_be_wrong = told == "email"
        _compare(out, due, found)
        for vendor in VENDORS:
            spent = int(box.spent(vendor) * 1_000_000)
            found.money[vendor] = (spent, *booked(folder / "out", vendor))
        return found


def _compare(out: list[dict[str, str]], due: list[dict[str, str]], found: Account) -> None:
    filled = expected = 0
    for number, (row, right) in enumerate(zip(out, due, strict=True), 1):
        for name in WANTS.split(","):
            text = row.get(name, "")
            filled, expected = filled + bool(text), expected + bool(right.get(name))
            if text not in ("", right.get(name)):
                found.wrong.append(
                    f"row {number} ({row['email']}): {name} {text!r}, not {right.get(name)!r};"
                    f" {row['enrichctl_status']}, {row['enrichctl_sources']}"
                )
    found.values = filled, expected


def _read(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text("utf-8"))))


def main() -> int:
    """Tamper from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--told", choices=["names", "email"], default="names")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="tampering-") as folder:
        found = tamper(Path(folder), count=given.people, seed=given.seed, told=given.told)
    lines = [
        f"{found.seconds:.0f} s, exit {found.exit}, rows {found.rows}, told {given.told}",
        f"tricks {found.tricks}",
        f"statuses {found.statuses}",
        f"values {found.values[0]} of {found.values[1]}, wrong {len(found.wrong)}",
        *(
            f"{vendor}: charged {spent / 1e6:g}, booked {sure / 1e6:g}, in doubt {doubt / 1e6:g}"
            for vendor, (spent, sure, doubt) in found.money.items()
        ),
        *found.wrong[:SHOWN],
        "holds" if found.holds else "DOES NOT HOLD",
    ]
    sys.stdout.write("\n".join(lines) + "\n")
    return 0 if found.holds else 1


if __name__ == "__main__":
    raise SystemExit(main())
