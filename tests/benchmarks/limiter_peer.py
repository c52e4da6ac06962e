"""A run at a limit beside `requests-ratelimiter`, the limiter that people put into scripts.

::

    pip install requests-ratelimiter
    python tests/benchmarks/limiter_peer.py --calls 200 --limit 20 --seconds 2

Both ask the same server, which counts in a sliding window, with 16 calls at a time. The ideal is
the time in which so many calls can leave. Says so where the package is not installed.
"""

import argparse
import sys
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec

from inputs import emails
from limiter import ideal
from limiter import run as ours
from loopback import Loopback, Saw
from timing import place, say

WORKERS = 16


def theirs(calls: int, limit: int, seconds: float) -> Saw:
    """Ask with a session that keeps to the limit; return what the server saw."""
    from pyrate_limiter import Rate  # noqa: PLC0415 - if there is any
    from requests_ratelimiter import Limiter, LimiterSession  # noqa: PLC0415 - the same

    with place() as here, Loopback(windows=[(limit, seconds)]) as server:
        session = LimiterSession(limiter=Limiter(Rate(limit, int(seconds * 1000))), per_host=False)
        lines = emails(here.folder, calls).read_text("utf-8").splitlines()[1:]

        def ask(line: str) -> int:
            body = {"email": line.partition(",")[0]}
            return int(session.post(f"{server.url}/v1/enrich/email", json=body).status_code)

        with ThreadPoolExecutor(WORKERS) as pool:
            list(pool.map(ask, lines))
    return server.saw


def main() -> int:
    """Print the figures; 0 when a run of the program is no slower, and no more often refused."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=200)
    parser.add_argument("--limit", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=2.0)
    words = parser.parse_args()
    if find_spec("requests_ratelimiter") is None:
        print("requests-ratelimiter is not installed here: pip install requests-ratelimiter")  # noqa: T201 - what it is run for
        return 0
    windows = [(words.limit, words.seconds)]
    least = ideal(words.calls, windows)
    mine = ours(words.calls, windows, "sliding", 0.0)
    peer = theirs(words.calls, words.limit, words.seconds)
    for name, saw in (("enrichctl", mine), ("requests-ratelimiter", peer)):
        say(f"{name}: time / ideal, {saw.refused} refused", saw.seconds / least, "-", met=True)
    share = mine.seconds / peer.seconds
    fewer = mine.refused <= peer.refused
    return 0 if say("time / that of the peer", share, "<= 1", met=share <= 1 and fewer) else 1


if __name__ == "__main__":
    sys.exit(main())
