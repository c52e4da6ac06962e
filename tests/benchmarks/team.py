"""Machines on one journal in PostgreSQL: rate limits in common, and what each more machine brings.

::

    python tests/benchmarks/team.py --calls 200 --records 3000

Three processes with state folders of their own share a limit; then one and three of them ask a
provider without limit about people of their own. The server is one for each figure, on the disk.
"""

import argparse
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from inputs import emails
from limiter import ideal
from loopback import Loopback, Saw
from postgres import Server
from timing import Place, place, run, say


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


def free(records: int, count: int) -> float:
    """Return records a second of so many machines, at a provider without limit."""
    with team(count) as machines, Loopback() as server:

        def ask(number: int) -> None:
            mine = machines[number]
            source = emails(mine.folder, records, number * records)
            mine.enrich(source, "-p", "leadlex", "-w", "job_title", url=server.url)

        began = time.monotonic()
        with ThreadPoolExecutor(count) as pool:
            list(pool.map(ask, range(count)))
        return records * count / (time.monotonic() - began)


def main() -> int:
    """Print the figures; 0 when the goals are met."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=200)
    parser.add_argument("--records", type=int, default=3000)
    words = parser.parse_args()
    windows, calls = [(20, 2.0)], words.calls - words.calls % 3
    saw = limited(calls, windows)
    share = saw.seconds / ideal(calls, windows)
    told = f"three machines on one key: time / ideal, {saw.refused} refused"
    met = [say(told, share, "<= 1.02, 0", met=share <= 1.02 and not saw.refused)]
    one, three = free(words.records, 1), free(words.records, 3)
    print(f"{one:.0f} records/s of one machine, {three:.0f} of three")  # noqa: T201 - what it is for
    met.append(say("three machines / one", three / one, ">= 2.2", met=three / one >= 2.2))
    return 0 if all(met) else 1


if __name__ == "__main__":
    sys.exit(main())
