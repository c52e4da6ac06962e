"""Machines on one journal in PostgreSQL: rate limits in common, and what each more machine brings.

::

    python tests/benchmarks/team.py --calls 200 --records 20000 --latency 0.05

Three processes with state folders of their own share a limit; then one and three of them ask a
provider without limit, which takes a moment to answer, about people of their own. With
``--latency 0`` processors are all that there is to share: on two of them, three machines cannot do
more than a little over what one does. The server is one for each figure, on the disk.
"""

import argparse
import resource
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parents[1]))

from inputs import emails
from limiter import ideal
from loopback import Loopback, Saw
from postgres import Server
from timing import Place, Spent, place, run, say


class Machine(Place):
    """A place whose journal is on a server."""

    def __init__(self, folder: Path, journal: str) -> None:
        super().__init__(folder)
        folder.mkdir()
        self._journal = journal

    def environ(self, url: str = "") -> dict[str, str]:
        """Return the environment in which the program keeps to the team's journal."""
        return {**super().environ(url), "ENRICHCTL_JOURNAL": self._journal}


@contextmanager
def team(machines: int) -> Iterator[list[Machine]]:
    """Make machines with a server, which are removed afterwards."""
    with place() as here, Server(fsync="on") as server:
        made = [Machine(here.folder / str(n), server.url()) for n in range(machines)]
        run(made[0].command, "journal", "init", env=made[0].environ())
        yield made


def limited(calls: int, windows: list[tuple[int, float]]) -> Saw:
    """Ask so many questions with three machines; return what the provider saw."""
    rates = ", ".join(f"{{limit = {n}, seconds = {s}}}" for n, s in windows)
    with team(3) as machines, Loopback(windows=windows, kind="sliding", jitter=0.0) as server:

        def ask(number: int) -> None:
            mine = machines[number]
            config = mine.folder / "config.toml"
            config.write_text(f"[providers.leadlex]\nrates = [{rates}]\nconcurrency = 16\n")
            source = emails(mine.folder, calls // 3, number * calls)
            asked = ("-p", "leadlex", "-w", "job_title", "--config", str(config))
            mine.enrich(source, *asked, url=server.url)

        with ThreadPoolExecutor(3) as pool:
            list(pool.map(ask, range(3)))
    return server.saw


class Free(NamedTuple):
    """What machines took at a provider without limit: records a second, and processor time."""

    speed: float
    client: float  # ms of the program for a record
    server: float  # ms of the database's server and the provider's for a record


def free(records: int, count: int, latency: float) -> Free:
    """Return what so many machines do at a provider without limit that takes so long to answer."""
    with team(count) as machines, Loopback(latency=latency) as server:
        started = _of_children()  # the tables are made

        def ask(number: int) -> Spent:
            mine = machines[number]
            source = emails(mine.folder, records, number * records)
            return mine.enrich(source, "-p", "leadlex", "-w", "job_title", url=server.url)

        began = time.monotonic()
        with ThreadPoolExecutor(count) as pool:
            spent = list(pool.map(ask, range(count)))
        seconds = time.monotonic() - began
        client = sum(one.cpu for one in spent)
    each = 1000 / (records * count)
    served = _of_children() - started - client
    return Free(records * count / seconds, client * each, served * each)


def _of_children() -> float:
    """Return the seconds of processor of all children that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main() -> int:
    """Print the figures; 0 when the goals are met."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=200)
    parser.add_argument("--records", type=int, default=3000)
    parser.add_argument("--latency", type=float, default=0.05)
    words = parser.parse_args()
    windows, calls = [(20, 2.0)], words.calls - words.calls % 3
    saw = limited(calls, windows)
    share = saw.seconds / ideal(calls, windows)
    told = f"three machines on one key: time / ideal, {saw.refused} refused"
    met = [say(told, share, "<= 1.02, 0", met=share <= 1.02 and not saw.refused)]
    one, three = (free(words.records, count, words.latency) for count in (1, 3))
    for count, seen in ((1, one), (3, three)):
        print(  # noqa: T201 - what it is for
            f"{count} at once: {seen.speed:.0f} records/s; of processor, {seen.client:.2f} ms each"
            f" here and {seen.server:.2f} ms in the servers"
        )
    ratio = three.speed / one.speed
    met.append(say("three machines / one", ratio, ">= 2.2", met=ratio >= 2.2))
    return 0 if all(met) else 1


if __name__ == "__main__":
    sys.exit(main())
