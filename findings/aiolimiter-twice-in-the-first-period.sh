#!/usr/bin/env bash
# Guess: AsyncLimiter(20, 2) lets a caller in at most 20 times in any 2 seconds, as a provider counts
# who allows 20 calls in 2 seconds; the first page of the library's documentation says "at most" too.
# Behaviour: all 20 go at once, and places come free again from that moment on, so that the first 2
# seconds have 39 calls, and so have the first 2 after every pause that was as long. Only in between is
# it 20. A provider who counts refuses nearly every other call of the first period, or charges for them.
# That the first 20 may go at once is explained further down; that the period then has twice as many
# is not said, and can only be counted out from an example.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check 'aiolimiter==1.3.0'
timeout 60 "$folder/venv/bin/python" - <<'PYTHON'
import asyncio
import time
from importlib.metadata import version

from aiolimiter import AsyncLimiter

CALLS, PERIOD = 20, 2.0


async def calls(limiter, periods):
    """How many calls were let in, period by period, with somebody always waiting."""
    counts, start = [0] * periods, time.monotonic()
    while True:
        await limiter.acquire()
        period = int((time.monotonic() - start) / PERIOD)
        if period >= periods:
            return counts
        counts[period] += 1


async def main():
    limiter = AsyncLimiter(CALLS, PERIOD)
    first = await calls(limiter, 3)
    await asyncio.sleep(PERIOD + 0.5)
    return first, await calls(limiter, 1)


first, again = asyncio.run(main())
print("aiolimiter", version("aiolimiter"))
print(f"{CALLS} calls in {PERIOD} s were asked for; let in, period by period:", first)
print("after a pause:", again)
assert first[0] > 1.7 * CALLS, "the first period keeps the limit now"
assert max(first[1:]) < 1.4 * CALLS, "later periods have more than the limit as well"
assert again[0] > 1.7 * CALLS, "the first period after a pause keeps the limit now"
PYTHON
