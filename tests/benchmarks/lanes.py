"""Two lanes side by side: how close each comes to its limit, and whether one waits (goal 6).

::

    python tests/benchmarks/lanes.py --records 400 --limit 20 --seconds 2

Each lane talks to a sandbox of its own over loopback, which enforces the limit and counts
refusals. The baseline is the ideal time for one lane, and one lane alone, in the same run.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import Any

from timing import say

from enrichctl.engine.booking import LaneContext
from enrichctl.engine.layout import Layout
from enrichctl.engine.question import Rules, Step
from enrichctl.engine.record_reader import RowReading
from enrichctl.engine.run import Runner
from enrichctl.engine.stop import Stop
from enrichctl.files import Row
from enrichctl.journal import Budgets, Journal, history
from enrichctl.model import Rate
from enrichctl.pacing import RateLimiter, WindowStore
from enrichctl.providers.leadlex import LeadLex
from enrichctl.transport import HeaderAuth, Runtime, Wire

KEY = {"Authorization": "Bearer wbk_sandbox"}


class Box:
    """A sandbox in a process of its own, with one limit."""

    def __init__(self, limit: int, seconds: float) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "enrichctl", "-q", "providers", "sandbox"],
            stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert self._process.stdout is not None
        line = next(x for x in self._process.stdout if "LEADLEX_BASE_URL" in x)
        self.root = line.strip().partition("=")[2].removesuffix("/leadlex")
        switches = {"windows": {"leadlex": [[limit, seconds]]}, "window_kind": "sliding"}
        self._talk("switches", json.dumps(switches).encode())

    def _talk(self, what: str, body: bytes | None = None) -> Any:
        url = f"{self.root}/_sandbox/{what}"
        with urllib.request.urlopen(url, body) as answer:  # noqa: S310 - our own loopback server
            return json.load(answer)

    def end(self) -> int:
        """Stop it; return how many calls it refused."""
        seen = self._talk("requests?vendor=leadlex")
        self._process.terminate()
        self._process.wait()
        return sum(one["status"] == 429 for one in seen)


class Alpha(LeadLex):
    """The first lane."""

    name = "alpha"

    def covers(self, query):
        """See `Provider.covers`: only what is wanted, so that the other lane has work."""
        return query.wants


class Beta(Alpha):
    """The second lane."""

    name = "beta"


class Rows:
    """An input in memory."""

    def __init__(self, count: int) -> None:
        self._count = count

    def rows(self):
        """Yield records of people nobody has heard of."""
        for number in range(1, self._count + 1):
            yield Row(number, number + 1, [f"anna.berg{number}@nord-{number}.de"], None)


def run(lanes: list[tuple[LeadLex, str]], records: int, limit: int, seconds: float) -> dict:
    """Run some lanes over some records; return the seconds, and what each sandbox saw."""
    with tempfile.TemporaryDirectory() as folder, Journal(Path(folder) / "journal.db") as journal:
        boxes = [Box(limit, seconds) for _ in lanes]
        stop, entry = Stop(), history.RunEntry("bench", journal.now(), "-", "-", ())
        history.begin(journal, entry)
        steps = [Step(provider, (want,), provider.name) for provider, want in lanes]
        services = {
            step.provider.name: LaneContext(
                wire=Wire(f"{box.root}/leadlex", HeaderAuth(KEY)),
                limiter=RateLimiter(
                    [Rate(limit, seconds)], patience=90, clock=time.monotonic, pause=stop.pause,
                    tell=lambda *_: None, remember=lambda *_: None,
                    store=WindowStore(Path(folder) / "limits", step.provider.name),
                ),
                journal=journal, run=entry.id, budgets=Budgets(), workers=16, timeout=30.0,
                runtime=Runtime(stop.pause),
            )
            for step, box in zip(steps, boxes, strict=True)
        }  # fmt: skip
        runner = Runner(
            Rows(records), RowReading({"email": 0}), layout=Layout({"email": 0}, []), steps=steps,
            rules=Rules(), journal=journal, run=entry, stop=stop,
        )  # fmt: skip
        began = time.monotonic()
        runner.go(services, lambda *_: None)
        took = time.monotonic() - began
        refused = [box.end() for box in boxes]
    return {"seconds": took, "refused": refused}


def main() -> int:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=400)
    parser.add_argument("--limit", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=2.0)
    words = parser.parse_args()
    how = (words.records, words.limit, words.seconds)
    ideal = (words.records / words.limit - 1) * words.seconds
    one = run([(Alpha(), "job_title")], *how)
    two = run([(Alpha(), "job_title"), (Beta(), "location")], *how)
    for title, found in (("one lane", one), ("two lanes", two)):
        print(  # noqa: T201 - what it is run for
            f"{title:10} {found['seconds']:6.2f} s, {found['seconds'] / ideal:.3f} x ideal,"
            f" {found['refused']} refused"
        )
    share = two["seconds"] / one["seconds"]
    return 0 if say("two lanes / the slower alone", share, "<= 1.05", met=share <= 1.05) else 1


if __name__ == "__main__":
    sys.exit(main())
