"""What the system gives too little of: those that there are do the work, or it is said."""

import threading
from pathlib import Path

import pytest

from enrichctl.cli import app
from enrichctl.engine import parallel, worker_process
from enrichctl.engine.delay_queue import NOW, DelayQueue


@pytest.fixture
def threads(monkeypatch):
    """Let so many threads start, and no more."""
    start = threading.Thread.start

    def allow(number: int) -> None:
        left = iter(range(number))

        def limited(thread: threading.Thread) -> None:
            if next(left, None) is None:
                raise RuntimeError("can't start new thread")
            start(thread)

        monkeypatch.setattr(threading.Thread, "start", limited)

    return allow


def test_fewer_workers_do_all_there_is(threads):
    threads(2)
    done: list[int] = []
    queue = DelayQueue("few", 8, lambda: False)
    for number in range(20):
        queue.at(NOW, lambda number=number: done.append(number))
    queue.close()
    assert sorted(done) == list(range(20))


def test_without_a_worker_nothing_is_taken_on(threads):
    threads(0)
    with pytest.raises(RuntimeError, match="can't start new thread"):
        DelayQueue("none", 8, lambda: False)


def test_without_threads_a_command_ends_with_a_line(threads, tmp_path, capsys):
    path = tmp_path / "in.csv"
    path.write_text("email,first_name\njane.doe@acme.example,\n")
    threads(0)
    assert app.run(["enrich", str(path), "-o", str(tmp_path / "out.csv")]) == 2
    said = capsys.readouterr().err
    assert "error: the system allows this process no more threads" in said
    assert "Traceback" not in said


def test_without_other_processes_this_one_does_it_alone(monkeypatch, tmp_path):
    def refuse(*_: object, **how: object) -> None:
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(parallel, "FEW", 1)
    monkeypatch.setattr(parallel, "processes", lambda: 2)
    monkeypatch.setattr(worker_process.subprocess, "Popen", refuse)
    path, out = tmp_path / "in.csv", Path(tmp_path / "out.csv")
    path.write_text("email,first_name\n" + "jane.doe@acme.example,\n" * 5)
    assert app.run(["enrich", str(path), "-o", str(out), "-q"]) == 0
    assert out.read_text().count(",Jane,") == 5
