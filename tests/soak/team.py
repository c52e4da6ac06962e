"""Three machines on one journal in PostgreSQL, with everything in between failing; by hand.

::

    python tests/soak/team.py --events 100 --seed 1

Each machine is a process with a home and a state folder of its own, and a way to the server that
can be cut. Half of the people are on all lists. Events: a process is killed, or stopped for
seconds; an administrator ends all connections; the server stops as in a crash and starts again; a
machine's network is cut.

It ends with 0 only when what the sandbox charged is what the journal says, to the credit, apart
from attempts in doubt, all of which are listed; nothing outside of them was charged twice; no
budget was overrun, and every row of every list was written.
"""

import argparse
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from crashes import COMMAND, ENDS, FAULTS, PATIENCE, SETTLED, TIMEOUT
from postgres import Server

from enrichctl.errors import ExitStatus
from enrichctl.sandbox import Sandbox

VENDORS = ("leadlex", "lemlist")
WANTS = "job_title,linkedin_url,industry"
MACHINES = 3
BUDGET = 2_000  # credits a day at each vendor: more than it takes
EVENTS = ("kill", "kill", "stop", "end connections", "crash the server", "cut the network")
GOES_ON = (*ENDS, 2, 6, 8, 137, -9)  # exits after which the same command goes on


class Way:
    """One machine's way to the server, which can be cut."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        self._open: list[socket.socket] = []
        self.is_cut = False
        threading.Thread(target=self._serve, daemon=True).start()

    def cut(self) -> None:
        """Let nothing pass, and break what is open."""
        self.is_cut = True
        for one in self._open:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
        self._open.clear()

    def _serve(self) -> None:
        while True:
            client, _ = self._listening.accept()
            upstream = socket.socket()
            try:
                if self.is_cut:
                    raise ConnectionError
                upstream.connect(("127.0.0.1", self._server.port))
            except OSError:
                client.close()
                upstream.close()
                continue
            self._open += [client, upstream]
            for pair in ((client, upstream), (upstream, client)):
                threading.Thread(target=_pump, args=pair, daemon=True).start()


def _pump(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
    for one in (source, target):
        with suppress(OSError):
            one.shutdown(socket.SHUT_RDWR)


class Machine:
    """One machine: its list, its folders, its process."""

    def __init__(self, number: int, folder: Path, box: Sandbox, server: Server) -> None:
        self.folder = folder / f"machine-{number}"
        self.folder.mkdir()
        self.way = Way(server)
        self.lists = 0
        self._environ = {
            "PATH": os.environ["PATH"], "HOME": str(self.folder), **box.environ(),
            "ENRICHCTL_STATE_DIR": str(self.folder / "state"),
            "ENRICHCTL_JOURNAL": server.url(port=self.way.port),
        }  # fmt: skip
        (self.folder / "config.toml").write_text(
            "".join(
                f"[providers.{v}]\ntimeout = {TIMEOUT}\nbudget = {{day = {BUDGET}}}\n"
                for v in VENDORS
            )
        )
        self.run: subprocess.Popen[bytes] | None = None

    def read(self, emails: list[str]) -> None:
        """Get another list."""
        self.lists += 1
        rows = "".join(f"{email}\n" for email in emails)
        (self.folder / f"{self.lists}.csv").write_text(f"email\n{rows}")

    def start(self, number: int = 0) -> subprocess.Popen[bytes]:
        """Start the command that is run again and again, on the newest list by default."""
        number = number or self.lists
        words = ["enrich", f"{number}.csv", "-p", ",".join(VENDORS), "-w", WANTS, "-y", "-o",
                 f"{number}.out.csv", "--config", "config.toml", "--force", "-q"]  # fmt: skip
        self.run = subprocess.Popen(
            [COMMAND, *words], cwd=self.folder, env=self._environ,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        )  # fmt: skip
        return self.run

    def finish(self, number: int) -> None:
        """Run until nothing but doubt is left of a list."""
        words = b""
        for _ in range(12):
            run = self.start(number)
            _, words = run.communicate(timeout=PATIENCE * 2)
            if run.returncode in ENDS:
                return
        raise RuntimeError(words.decode())


class Soak:
    """Three machines, one sandbox, one server, and many events."""

    def __init__(self, folder: Path, box: Sandbox, server: Server, seed: int, people: int) -> None:
        self.box, self.server = box, server
        self.chance = random.Random(seed)  # noqa: S311 - reproducible, not secret
        self.emails = [person.email for person in box.population.people.values()]
        self.people, self.next = people, 0
        self.happened: Counter[str] = Counter()
        self.exits: Counter[int] = Counter()
        self.said: Counter[str] = Counter()
        self.wrong: list[str] = []
        self.machines = [Machine(n, folder, box, server) for n in range(MACHINES)]
        self._init()

    def _init(self) -> None:
        one = self.machines[0]
        subprocess.run(
            [COMMAND, "journal", "init"], env=one._environ, check=True, capture_output=True
        )

    def deal(self) -> None:
        """Give every machine a list: half of it is on all of them."""
        half, size = self.people // 2, self.people
        take = [self.emails[(self.next + n) % len(self.emails)] for n in range(half * 4)]
        self.next += half * 4
        for number, machine in enumerate(self.machines):
            own = take[half * (number + 1) : half * (number + 2)]
            mixed = [*take[:half], *own][:size]
            self.chance.shuffle(mixed)
            machine.read(mixed)

    def disturb(self, events: int) -> None:
        """Let so many events happen while all machines work."""
        self.deal()
        for machine in self.machines:
            machine.start()
        while sum(self.happened.values()) < events:
            time.sleep(self.chance.uniform(0.2, 0.9))
            self._go_on()
            event = self.chance.choice(EVENTS)
            self.happened[event] += 1
            self._happen(event, self.chance.choice(self.machines))

    def _go_on(self) -> None:
        """Start again whoever has ended; deal new lists once all have got through."""
        through = 0
        for machine in self.machines:
            assert machine.run is not None
            status = machine.run.poll()
            if status is None:
                continue
            _, words = machine.run.communicate()
            self.exits[status] += 1
            if status == ExitStatus.UNAVAILABLE:
                self.said[_why(words.decode())] += 1
            if status not in GOES_ON:
                self.wrong.append(f"exit {status}: {words.decode()[-1500:]}")
            through += status in ENDS
            if status not in ENDS:
                machine.start()
        if through == len(self.machines):
            self.deal()
        if through:
            for machine in self.machines:
                if machine.run is not None and machine.run.poll() is not None:
                    machine.start()

    def _happen(self, event: str, machine: Machine) -> None:
        run = machine.run
        assert run is not None
        if event == "kill":
            run.kill()
        elif event == "stop":
            run.send_signal(signal.SIGSTOP)
            time.sleep(self.chance.choice([1.0, TIMEOUT + 1]))
            run.send_signal(signal.SIGCONT)
        elif event == "end connections":
            with suppress(Exception):
                self.server.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE application_name LIKE 'enrichctl %'"
                )
        elif event == "crash the server":
            self.server.stop("immediate")
            time.sleep(self.chance.uniform(0.1, 2.0))
            self.server.start()
        else:
            machine.way.cut()
            time.sleep(self.chance.uniform(0.2, 3.0))
            machine.way.is_cut = False

    def finish(self) -> None:
        """Let every list come to its end, undisturbed."""
        for machine in self.machines:
            if machine.run is not None:
                machine.run.wait(PATIENCE * 2)
                machine.run.communicate()
        for number in range(1, self.machines[0].lists + 1):
            for machine in self.machines:
                machine.finish(number)

    def account(self) -> bool:
        """Hold what was charged against the journal; print it, and tell whether all is well."""
        rows = self.server.execute("SELECT id, provider, outcome, credits FROM enrichctl.attempts")
        counted = dict(
            self.server.execute(
                "SELECT provider, sum(credits)::bigint FROM enrichctl.spending"
                " WHERE period LIKE 'day:%' GROUP BY 1"
            )
        )
        doubted = {number for number, _, outcome, _ in rows if outcome not in SETTLED}
        for vendor in VENDORS:
            mine = [(outcome, n) for _, name, outcome, n in rows if name == vendor]
            sure = sum(n for outcome, n in mine if outcome in SETTLED)
            doubt = sum(n for outcome, n in mine if outcome not in SETTLED)
            charges = [c for c in self.box.ledger if c.vendor == vendor]
            charged = int(sum(c.credits for c in charges) * 1_000_000)
            often = Counter((c.what, c.who) for c in charges)
            spare = sum(count - 1 for count in often.values())
            booked = counted.get(vendor, 0)
            print(  # noqa: T201 - what it is run for
                f"{vendor}: charged {charged / 1e6:g}, journal {sure / 1e6:g}"
                f" and {doubt / 1e6:g} in doubt, counted {booked / 1e6:g}, {spare} charged again"
            )
            if not sure <= charged <= sure + doubt:
                self.wrong.append(f"{vendor}: the journal does not say what was charged")
            if booked != sure + doubt:
                self.wrong.append(f"{vendor}: what is counted is not what attempts cost")
            if spare > len(doubted):
                self.wrong.append(f"{vendor}: {spare} charged again")
            if charged > BUDGET * 1_000_000:
                self.wrong.append(f"{vendor}: the budget was overrun")
        self._check_outputs()
        open_ = [row for row in rows if row[2] in ("planned", "sent")]
        if open_:
            self.wrong.append(f"{len(open_)} attempts that nobody will ever see to")
        print(f"{len(doubted)} attempts in doubt; {dict(self.happened)}; exits {dict(self.exits)}")  # noqa: T201
        print(dict(self.said))  # noqa: T201 - the same
        return not self.wrong

    def _check_outputs(self) -> None:
        """See that no row is lost, and that every doubt stands in an output."""
        for machine in self.machines:
            for number in range(1, machine.lists + 1):
                read = (machine.folder / f"{number}.csv").read_text().count("\n")
                written = (machine.folder / f"{number}.out.csv").read_text().count("\n")
                if read != written:
                    self.wrong.append(f"{machine.folder.name}: {written} rows of {read}")


def _why(words: str) -> str:
    """Return what a run that could not go on said of the server."""
    return " ".join(words.split()).partition("cannot be reached: ")[2][:60] or words[:60]


def main() -> int:
    """Soak from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=100)
    parser.add_argument("--people", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    words = parser.parse_args()
    began = time.monotonic()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    switches = {"limits": False, "latency": 0.05, "jitter": 0.02, "seed": words.seed}
    with (
        tempfile.TemporaryDirectory() as folder,
        Server(port, fsync="on") as server,
        Sandbox(**switches) as box,
    ):
        soak = Soak(Path(folder), box, server, words.seed, words.people)
        box.set(faults=FAULTS)
        soak.disturb(words.events)
        box.set(faults=dict.fromkeys(FAULTS, 0.0))
        soak.finish()
        holds = soak.account()
    for line in soak.wrong:
        print(line)  # noqa: T201 - the same
    print(  # noqa: T201 - the same
        f"{words.events} events in {time.monotonic() - began:.0f} s: "
        f"{'every promise held' if holds else 'A PROMISE BROKE'}"
    )
    return 0 if holds else 1


if __name__ == "__main__":
    sys.exit(main())
