"""``--on dask://`` against ``--on local[2]``: a scheduler and two workers on this machine.

::

    python tests/benchmarks/engines.py --records 60000 --pairs 3

The workers stand ready, as those of a cluster do; the run starts as any command does.
"""

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from inputs import typed_people
from timing import Place, pairs, place, ratio, say, wall

SLOWER = 1.15  # times the wall of local processes


def main() -> int:
    """Print the figures; 0 when the goal is met."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=60_000)
    parser.add_argument("--pairs", type=int, default=3)
    words = parser.parse_args()
    with place() as here, cluster(here) as address:
        source = typed_people(here.folder, words.records, 5_000)

        def enrich(engine: str) -> object:
            here.forget()
            out = str(here.folder / f"{engine[:4]}.parquet")
            return here.enrich(source, "-o", out, "--on", engine)

        dask, local = pairs(words.pairs, lambda: enrich(address), lambda: enrich("local[2]"))
        same = len({(here.folder / f"{n}.parquet").read_bytes() for n in ("dask", "loca")}) == 1
    for name, spent in (("dask", dask), ("local[2]", local)):
        print(f"{name:10}", *(f"{one.wall:6.2f} s" for one in spent))  # noqa: T201 - what it is run for
    slower = ratio(dask, local, wall)
    met = [
        say("wall, two Dask workers / --on local[2]", slower, "<= 1.15", met=slower <= SLOWER),
        say("the same bytes", float(same), "1", met=same, unit=""),
    ]
    return 0 if all(met) else 1


@contextmanager
def cluster(here: Place, workers: int = 2) -> Iterator[str]:
    """Run a scheduler and its workers; yield the address as ``--on`` takes it."""
    file = here.folder / "dask.json"
    quiet = ("--no-dashboard", "--host", "127.0.0.1")

    def start(what: str, *words: str) -> None:
        child = subprocess.Popen(
            [sys.executable, "-m", f"distributed.cli.dask_{what}", *words, *quiet],
            env=here.environ(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        stack.callback(child.wait)
        stack.callback(child.kill)

    with ExitStack() as stack:
        start("scheduler", "--scheduler-file", str(file), "--port", "0")
        address = _address(file)
        for _ in range(workers):
            start("worker", address, "--nthreads", "1", "--no-nanny")
        time.sleep(3)  # they import what they need
        yield address.replace("tcp://", "dask://")


def _address(file: Path) -> str:
    while True:
        time.sleep(0.05)
        if file.exists() and (text := file.read_text()):
            return str(json.loads(text)["address"])


if __name__ == "__main__":
    sys.exit(main())
