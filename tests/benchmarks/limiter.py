"""Rate-limited runs against the ideal time, with every refusal counted (goals 1 and 2).

::

    python tests/benchmarks/limiter.py --calls 400 --limit 20 --seconds 2

One server for each way in which vendors count: a sliding window, a fixed one, a bucket of tokens;
each without jitter and with requests that take up to 30 ms longer to arrive. Then two windows at
once, and three processes that share one key. The runs are slow, not busy, so some go side by side.
"""

import argparse
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import accumulate

from inputs import emails
from loopback import Loopback, Saw
from timing import Place, place, say

Windows = Sequence[tuple[int, float]]
JITTER = 0.03  # seconds
AT_ONCE = 3  # runs side by side: more of them would make jitter of their own


def ideal(calls: int, windows: Windows) -> float:
    """Return the seconds from the first to the last of so many calls, none of them too early."""
    moments: list[float] = []
    for number in range(calls):
        free = [moments[number - n] + s for n, s in windows if number >= n]
        moments.append(max([0.0, *free]))
    return max(accumulate(moments, max))


def run(calls: int, windows: Windows, kind: str, jitter: float, processes: int = 1) -> Saw:
    """Ask so many questions within some windows; return what the server saw."""
    rates = ", ".join(f"{{limit = {n}, seconds = {s}}}" for n, s in windows)
    with place() as here, Loopback(windows=windows, kind=kind, jitter=jitter) as server:
        config = here.folder / "config.toml"
        config.write_text(f"[providers.leadlex]\nrates = [{rates}]\nconcurrency = 16\n")

        def ask(number: int) -> None:
            mine = Place(here.folder / str(number), here.state)
            mine.folder.mkdir()
            source = emails(mine.folder, calls // processes, number * calls)
            asked = ("-p", "leadlex", "-w", "job_title", "--config", str(config))
            mine.enrich(source, *asked, url=server.url)

        with ThreadPoolExecutor(processes) as pool:
            list(pool.map(ask, range(processes)))
    return server.saw


def main() -> int:
    """Print the figures; 0 when the goals are met."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=400)
    parser.add_argument("--limit", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=2.0)
    words = parser.parse_args()
    one = [(words.limit, words.seconds)]
    two = [*one, (words.limit * 3, words.seconds * 4)]
    works = [
        (f"{kind} window, {jitter * 1000:.0f} ms jitter", 1.025 if jitter else 1.01, one, kind,
         jitter, 1)
        for kind in ("sliding", "fixed", "bucket")
        for jitter in (0.0, JITTER)
    ]  # fmt: skip
    works += [
        ("two sliding windows", 1.03, two, "sliding", 0.0, 1),
        ("three processes on one key", 1.03, one, "sliding", 0.0, 3),
    ]
    calls = words.calls - words.calls % 3
    with ThreadPoolExecutor(AT_ONCE) as pool:
        seen = list(pool.map(lambda w: run(calls if w[5] > 1 else words.calls, *w[2:]), works))
    met = True
    for (name, goal, windows, *_, processes), saw in zip(works, seen, strict=True):
        share = saw.seconds / ideal(calls if processes > 1 else words.calls, windows)
        told = f"{name}: time / ideal, {saw.refused} refused"
        met &= say(told, share, f"<= {goal:g}, 0", met=share <= goal and not saw.refused)
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
