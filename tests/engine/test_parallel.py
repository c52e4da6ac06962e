"""Records on several cores come out as on one: same values, same order, whatever goes wrong."""

import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from enrichctl.engine import local_waterfall, parallel, worker_process
from enrichctl.engine.layout import Layout
from enrichctl.engine.local_waterfall import LocalWaterfall
from enrichctl.engine.parallel import in_parallel
from enrichctl.engine.question import Rules, Step
from enrichctl.files import Row
from enrichctl.model import Match, Query, Record
from enrichctl.provider import Local
from enrichctl.providers.offline import Offline

BEGAN = datetime(2026, 1, 31, 10, tzinfo=UTC)


class Broken(Offline):
    """Has a bug that only some rows meet."""

    def derive(self, query: Query) -> Match:
        if query.inputs["email"].startswith("person7@"):
            raise ZeroDivisionError
        return super().derive(query)


def waterfall(provider: Local) -> LocalWaterfall:
    wants = provider.default_wants
    steps = [Step(provider, wants)]
    return LocalWaterfall(steps, Rules(), {}, Layout({"email": 0}, [wants]), BEGAN)


def jobs(count: int):
    for number in range(1, count + 1):
        email = f"person{number}@firm-{number}.com"
        record = Record(number, number + 1, {"email": email})
        yield Row(number, number + 1, [email], None), (record, number == 5)


@pytest.fixture(autouse=True)
def early(monkeypatch):
    """Let other processes begin with the second record."""
    monkeypatch.setattr(parallel, "FEW", 1)
    monkeypatch.setattr(parallel, "CHUNK", 2)
    monkeypatch.setattr(parallel, "processes", lambda: 2)


def alone(provider: Local, count: int):
    through = waterfall(provider).open()
    return [(row.number, through(job)) for row, job in jobs(count)]


def numbered(found):
    return [(row.number, through) for row, through in found]


def _all_children() -> set[int]:
    listed = Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").read_text()
    return {int(pid) for pid in listed.split()}


_of_other_tests: set[int] = set()  # such as a database server


@pytest.fixture(autouse=True)
def _only_own_children():
    _of_other_tests.clear()
    _of_other_tests.update(_all_children())


def children() -> list[int]:
    return sorted(_all_children() - _of_other_tests)


def test_what_comes_of_a_record_is_the_same_on_several_cores_and_in_its_order():
    found = numbered(in_parallel(waterfall(Offline()), jobs(30)))
    assert found == alone(Offline(), 30)
    assert [t.status for _, t in found[:6]] == ["enriched"] * 4 + ["skipped", "enriched"]


def test_other_processes_do_the_work(monkeypatch):
    here = []
    monkeypatch.setattr(
        local_waterfall, "result_of", lambda *a, **kw: here.append(a) or through(*a, **kw)
    )
    through = sys.modules["enrichctl.engine.result"].result_of
    list(in_parallel(waterfall(Offline()), jobs(30)))
    assert len(here) == 1


def test_a_process_that_is_lost_loses_no_record():
    found = in_parallel(waterfall(Offline()), jobs(60))
    begun = [next(found) for _ in range(3)]
    for child in children():
        os.kill(child, signal.SIGKILL)
    assert numbered([*begun, *found]) == alone(Offline(), 60)


def test_a_bug_is_told_here_and_not_lost_beside():
    found = in_parallel(waterfall(Broken()), jobs(30))
    seen = []
    with pytest.raises(ZeroDivisionError):
        seen.extend(row.number for row, _ in found)
    assert seen == [1, 2, 3, 4, 5, 6]


def test_no_process_is_left_when_the_reader_stops_early():
    found = in_parallel(waterfall(Offline()), jobs(60))
    for _ in range(3):
        next(found)
    assert len(children()) == 2
    found.close()
    assert children() == []


def test_a_program_that_is_killed_leaves_no_process_behind(tmp_path):
    script = tmp_path / "script.py"
    script.write_text(
        "import os, time\n"
        "from enrichctl.engine import worker_process\n"
        "from test_parallel import *\n"
        "process = worker_process.WorkerProcess(waterfall(Offline()))\n"
        "print(process._child.pid, flush=True)\n"
        "time.sleep(60)\n"
    )
    env = os.environ | {"PYTHONPATH": str(Path(__file__).parent)}
    with subprocess.Popen([sys.executable, script], env=env, stdout=subprocess.PIPE) as program:
        child = int(program.stdout.readline())
        assert is_running(child)
        program.kill()
    until = time.monotonic() + 10
    while is_running(child) and time.monotonic() < until:
        time.sleep(0.01)
    assert not is_running(child)


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.parametrize(("cores", "processes"), [(1, 0), (2, 2), (64, 4)])
def test_there_are_as_many_processes_as_pay(monkeypatch, cores, processes):
    monkeypatch.undo()
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(cores)))
    assert parallel.processes() == processes


def test_a_provider_that_needs_more_than_its_code_stays_here():
    class Homebound(Offline):
        portable = False

    found = in_parallel(waterfall(Homebound()), jobs(30))
    begun = [next(found) for _ in range(10)]
    assert children() == []
    assert numbered([*begun, *found]) == alone(Homebound(), 30)


def test_a_file_of_the_users_does_not_stand_in_for_a_module(tmp_path, monkeypatch):
    (tmp_path / "csv.py").write_text("raise SystemExit(9)")
    (tmp_path / "queue.py").write_text("raise SystemExit(9)")
    monkeypatch.chdir(tmp_path)
    process = worker_process.WorkerProcess(waterfall(Offline()))
    with process:
        process.give([job for _, job in jobs(2)])
        assert len(process.take()) == 2
