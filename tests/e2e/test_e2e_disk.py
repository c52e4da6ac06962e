"""Disks that fill up and processes that are stopped, for real: no charge is lost or made twice."""

import csv
import os
import shutil
import signal
import subprocess
import time

import pytest
from e2e_shell import COMMAND, money

PEOPLE = 12
WORDS = ("enrich", "in.csv", "-w", "job_title", "-y", "-o", "out.csv", "--force")

# A small disk that is full from the moment at which the first call has left, and has room again
# for the second run.
FULL_DISK = f"""
set -e
mount -t tmpfs -o size=1m,mode=700 tmpfs "$ENRICHCTL_STATE_DIR"
{COMMAND} "$@" & run=$!
until [ -e now ]; do kill -0 $run; done
cat /dev/zero > "$ENRICHCTL_STATE_DIR/filler" 2> full || true
wait $run && status=0 || status=$?
rm "$ENRICHCTL_STATE_DIR/filler"
{COMMAND} "$@" && again=0 || again=$?
cp "$ENRICHCTL_STATE_DIR"/journal.db* .
echo "$status $again"
"""
# Where no disk can be mounted: no file may grow beyond what holds the journal at its start.
NO_DISK = f"""
(ulimit -f 100; {COMMAND} "$@") && status=0 || status=$?
{COMMAND} "$@" && again=0 || again=$?
cp "$ENRICHCTL_STATE_DIR"/journal.db* .
echo "$status $again"
"""


@pytest.fixture
def people(paid, box, known):
    def write(vendor):
        box.set(limits=False, pending_polls=0, latency=0.1)
        rows = "".join(f"{email}\n" for email in known(vendor, PEOPLE))
        paid.write("in.csv", f"email\n{rows}")

    return write


def apart():
    """Return what runs a script where it may mount a disk; None where that is not allowed."""
    program = shutil.which("unshare")
    if program is None:
        return None
    words = [program, "--map-root-user", "--mount"]
    mount = [*words, "mount", "-t", "tmpfs", "tmpfs", "/mnt"]
    tried = subprocess.run(mount, capture_output=True, check=False)
    return words if tried.returncode == 0 else None


def all_is_known(shell):
    """Tell whether every row has its final answer."""
    rows = csv.DictReader((shell.folder / "out.csv").read_text("utf-8").splitlines())
    statuses = [row["enrichctl_status"] for row in rows]
    return len(statuses) == PEOPLE and set(statuses) <= {"enriched", "no_match"}


def asked(box):
    """Wait for the first request."""
    until = time.monotonic() + 30
    while not box.requests and time.monotonic() < until:
        time.sleep(0.01)


def accounted(folder, box, vendor):
    """Return what was charged, and what the journal says: for sure, and in doubt."""
    return box.spent(vendor), *money(folder, vendor)


@pytest.mark.parametrize("vendor", ["leadlex", "lemlist"])
def test_a_disk_that_is_full_when_the_answers_come_costs_nothing(paid, people, box, vendor):
    people(vendor)
    (paid.folder / "state").mkdir(mode=0o700)
    box.set(latency=0.7)  # the disk is full before the first answer
    alone = apart()
    script = [*(alone or ()), "/bin/bash", "-c", FULL_DISK if alone else NO_DISK]
    done = subprocess.Popen(
        [*script, "bash", *WORDS, "-p", vendor], cwd=paid.folder, env=paid.environ,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    asked(box)
    (paid.folder / "now").touch()
    said, error = done.communicate(timeout=120)
    # A limit may strike before the first call, or not at all: a disk that is full does not.
    assert said == "2 0\n" or (alone is None and said == "0 0\n"), error
    assert ("cannot be used" in error) is said.startswith("2")
    assert "Traceback" not in error
    charged, sure, doubt = accounted(paid.folder, box, vendor)
    assert (charged, doubt) == (sure, 0)
    assert charged > 0
    assert all_is_known(paid)


@pytest.mark.parametrize("kib", range(72, 300, 24))
def test_a_limit_on_the_size_of_files_costs_nothing_wherever_it_strikes(paid, people, box, kib):
    people("lemlist")
    words = [*WORDS, "-p", "lemlist"]
    limited = subprocess.run(
        ["/bin/bash", "-c", f'ulimit -f {kib}; exec {COMMAND} "$@"', "bash", *words],
        cwd=paid.folder, env=paid.environ, capture_output=True, timeout=120, check=False,
    )  # fmt: skip
    assert limited.returncode in (0, 2), limited.stderr
    again = paid(*words)
    assert again.returncode == 0, again.stderr
    charged, sure, doubt = accounted(paid.folder / "state", box, "lemlist")
    assert (charged, doubt) == (sure, 0)
    assert all_is_known(paid)


@pytest.mark.parametrize("vendor", ["leadlex", "lemlist"])
def test_a_process_that_was_stopped_for_longer_than_its_timeout_uses_all_that_came(
    paid, people, box, vendor
):
    people(vendor)
    box.set(latency=0.5)  # the answers come while it is stopped
    paid.write("config.toml", f"[providers.{vendor}]\ntimeout = 1.5\n")
    run = paid.start(
        *WORDS, "-p", vendor, "--config", "config.toml", "--concurrency", str(PEOPLE),
        stdout=subprocess.DEVNULL,
    )  # fmt: skip
    asked(box)
    os.kill(run.pid, signal.SIGSTOP)
    time.sleep(3)
    os.kill(run.pid, signal.SIGCONT)
    _, said = run.communicate(timeout=60)
    assert run.returncode == 0, said
    charged, sure, doubt = accounted(paid.folder / "state", box, vendor)
    assert (charged, doubt) == (sure, 0)
