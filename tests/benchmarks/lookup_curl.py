"""Look-ups beside ``curl -Z``, which sends many requests at a time and keeps no books.

::

    python tests/benchmarks/lookup_curl.py --records 4000 --pairs 3

curl reads its requests from a file that is written before, and writes the answers one after the
other as they come: it plans nothing, merges nothing, and whoever runs it again pays again. It is
what the network and the server allow. Says so where there is no curl that can do it.
"""

import argparse
import json
import shutil
import subprocess
import sys
from pathlib import Path

from inputs import emails
from loopback import Loopback
from timing import Spent, cpu, pairs, place, ratio, run, say, wall

WANTS = "job_title,phone,linkedin_url"
WORKERS = 8


def _requests(folder: Path, source: Path, url: str) -> Path:
    """Write what curl is to ask, a request a record; return the file."""
    path = folder / "requests"
    lines = source.read_text("utf-8").splitlines()[1:]
    with path.open("w", encoding="utf-8") as file:
        for number, line in enumerate(lines):
            body = json.dumps({"email": line.partition(",")[0]}).replace('"', '\\"')
            file.write("next\n" if number else "")
            file.write(
                f'url = "{url}/v1/enrich/email"\nsilent\ndata = "{body}"\n'
                'header = "Authorization: Bearer wbk_bench"\n'
                'header = "Content-Type: application/json"\noutput = "/dev/null"\n'
            )
    return path


def _has_parallel(curl: str) -> bool:
    said = subprocess.run([curl, "--help", "all"], capture_output=True, text=True, check=False)
    return "--parallel-max" in said.stdout


def main() -> int:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=4000)
    parser.add_argument("--pairs", type=int, default=3)
    words = parser.parse_args()
    curl = shutil.which("curl")
    if curl is None or not _has_parallel(curl):
        print("there is no curl here that sends requests side by side (7.66 or newer)")  # noqa: T201 - what it is run for
        return 0
    with place() as here, Loopback() as server:
        source = emails(here.folder, words.records)
        asked = ("-p", "leadlex", "-w", WANTS, "--concurrency", str(WORKERS))
        requests = str(_requests(here.folder, source, server.url))

        def ours() -> Spent:
            here.forget()
            return here.enrich(source, *asked, url=server.url)

        def theirs() -> Spent:
            return run(curl, "-Z", "--parallel-max", str(WORKERS), "-K", requests)

        found, peer = pairs(words.pairs, ours, theirs)
    assert server.saw.answered == 2 * words.records * words.pairs, "somebody did not ask them all"
    for name, spent in (("enrichctl", found), ("curl -Z", peer)):
        each, least = 1e6 / words.records, min(wall(s) for s in spent)
        print(  # noqa: T201 - what it is run for
            f"{name:10} {min(s.cpu for s in spent) * each:6.0f} us CPU a record,"
            f" {words.records / least:6.0f} records/s"
        )
    say("CPU a record / that of curl -Z", ratio(found, peer, cpu), "-", met=True)
    say("records/s / those of curl -Z", 1 / ratio(found, peer, wall), "-", met=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
