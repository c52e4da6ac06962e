"""``--on dask://``: a scheduler and two workers on loopback, one of which dies in the middle."""

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager

import pyarrow as pa
import pytest
from pyarrow import parquet

PARTS, EACH = 8, 120
WORDS = ("enrich", "leads.parquet", "-q")


@contextmanager
def _running(*words, folder, environ):
    """Run a part of the cluster, and end it by its id."""
    command = [sys.executable, "-m", f"distributed.cli.dask_{words[0]}", *words[1:]]
    with (folder / "dask.log").open("ab") as log:
        process = subprocess.Popen(command, cwd=folder, env=environ, stdout=log, stderr=log)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def _wait(seen, folder, timeout=120):
    end = time.monotonic() + timeout
    while not (found := seen()):
        assert time.monotonic() < end, (folder / "dask.log").read_text()
        time.sleep(0.01)
    return found


@pytest.fixture
def cluster(shell):
    """The address of a scheduler, and its two workers."""
    quiet = {"DASK_DISTRIBUTED__WORKER__PROFILE__ENABLED": "false"}
    where = {"folder": shell.folder, "environ": {**shell.environ, **quiet}}
    here = ("--scheduler-file", "dask.json", "--no-dashboard", "--host", "127.0.0.1")
    with ExitStack() as stack:
        stack.enter_context(_running("scheduler", *here, "--port", "0", **where))
        file = shell.folder / "dask.json"
        address = _wait(
            lambda: file.exists() and file.read_text() and json.loads(file.read_text())["address"],
            shell.folder,
        )
        workers = [
            stack.enter_context(
                _running("worker", address, "--no-nanny", "--nthreads", "1", *here[2:], **where)
            )
            for _ in range(2)
        ]
        yield address.replace("tcp://", "dask://"), workers


def test_a_worker_that_dies_costs_its_parts_only_and_the_output_is_that_of_one_process(
    shell, cluster
):
    address, workers = cluster
    table = pa.table({"Email": [f"jane.doe{n}@firm-{n % 90}.com" for n in range(PARTS * EACH)]})
    parquet.write_table(table, shell.folder / "leads.parquet", row_group_size=EACH)
    running = shell.start(*WORDS, "--on", address, "-o", "out.parquet")
    _wait(lambda: len(list(shell.folder.glob(".out.parquet.parts/*.part"))) > 1, shell.folder)
    os.kill(workers[0].pid, signal.SIGKILL)
    assert not (shell.folder / "out.parquet").exists()
    _, said = running.communicate(timeout=120)
    assert running.returncode == 0, said
    assert workers[1].poll() is None
    assert shell(*WORDS, "--on", "local[1]", "-o", "alone.parquet").returncode == 0
    assert (shell.folder / "out.parquet").read_bytes() == (
        shell.folder / "alone.parquet"
    ).read_bytes()
    assert list(shell.folder.glob(".out*")) == []


def test_a_scheduler_that_is_not_there_is_one_line(shell):
    parquet.write_table(pa.table({"Email": ["ada@psi.io"]}), shell.folder / "leads.parquet")
    ran = shell(*WORDS, "--on", "dask://127.0.0.1:9", "-o", "out.parquet")
    assert ran.returncode == 2
    assert b"no Dask scheduler answers at tcp://127.0.0.1:9" in ran.stderr
