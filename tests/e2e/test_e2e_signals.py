"""Signals: an ignored one stays ignored, and any other ends a run, whoever is stopped meanwhile."""

import contextlib
import csv
import fcntl
import io
import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from e2e_server import Asked, Said, serving
from e2e_tty import until

from enrichctl.cli import app
from enrichctl.cli.enrich import ask_and_write
from enrichctl.errors import StateError

WORDS = ("enrich", "in.csv", "-p", "leadlex", "-w", "job_title", "-y", "-o", "out.csv")


@pytest.fixture
def leadlex(shell):
    """A LeadLex that answers once it may, and of which nothing is asked beyond that."""
    may = threading.Event()

    def answer(asked: Asked) -> Said:
        may.wait(20)
        person = {"job_title": f"CEO of {asked.body['email']}"}
        return Said({"data": {"person": person, "source": "vendor_a"}})

    with serving(answer) as server:
        server.may = may
        shell.environ |= {
            "ENRICHCTL_LEADLEX_BASE_URL": server.url,
            "ENRICHCTL_LEADLEX_API_KEY": "made-up",
        }
        shell.write("in.csv", "email,job_title\n" + "".join(f"p{n}@acme.example,\n" for n in "123"))
        yield server
        may.set()


def rows(shell) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO((shell.folder / "out.csv").read_text("utf-8"))))


def ignoring(*numbers: signal.Signals) -> Callable[[], None]:
    """Return what makes a process ignore these, and none that these tests were told to ignore."""

    def begin() -> None:
        for number in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM, *numbers):
            signal.signal(number, signal.SIG_IGN if number in numbers else signal.SIG_DFL)

    return begin


def test_what_is_ignored_from_the_start_stays_ignored(shell, leadlex):
    """As under nohup, and in the background of a script; SIGTERM still ends it."""
    both = (signal.SIGHUP, signal.SIGINT)
    process = shell.start(*WORDS, "--concurrency", "1", preexec_fn=ignoring(*both))
    until(lambda: leadlex.asked)
    for number in (*both, *both):
        process.send_signal(number)
    with pytest.raises(Exception, match="timed out"):
        process.wait(0.3)
    leadlex.may.set()
    _, said = process.communicate(timeout=20)
    assert process.returncode == 0, said
    assert [row["enrichctl_status"] for row in rows(shell)] == ["enriched"] * 3


@pytest.mark.parametrize(
    ("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 143)]
)
def test_what_is_not_ignored_ends_a_run_in_good_order(number, status, shell, leadlex):
    process = shell.start(*WORDS, "--concurrency", "1", preexec_fn=ignoring(signal.SIGUSR1))
    until(lambda: leadlex.asked)
    process.send_signal(number)
    threading.Timer(0.2, leadlex.may.set).start()
    _, said = process.communicate(timeout=20)
    assert process.returncode == status, said
    assert [row["enrichctl_status"] for row in rows(shell)] == ["enriched", "pending", "pending"]


@contextmanager
def stopped_inside(shell) -> Iterator[None]:
    """Hold the lock of the shared limits, as a process does that is stopped within."""
    (lock,) = (shell.folder / "state" / "limits").glob("*.lock")
    with lock.open() as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@pytest.mark.parametrize("how", ["max-duration", "Ctrl-C"])
def test_a_process_that_is_stopped_inside_the_shared_limits_holds_no_other(how, shell, leadlex):
    leadlex.may.set()
    shell.environ["ENRICHCTL_LEADLEX_PLAN"] = "pro"  # whose limits are known, and so kept to
    assert shell(*WORDS, "--limit", "1").returncode == 0
    with stopped_inside(shell):
        limit = ("--max-duration", "1s") if how == "max-duration" else ()
        process = shell.start(*WORDS, "--force", *limit)
        if how == "Ctrl-C":
            with pytest.raises(Exception, match="timed out"):
                process.wait(1.5)
            process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=20)
    assert process.returncode == (6 if limit else 130), said
    assert len(leadlex.asked) == 1
    assert [row["enrichctl_status"] for row in rows(shell)] == ["enriched", "pending", "pending"]


def parts(shell) -> list[str]:
    return [path.name for path in shell.folder.iterdir() if ".part" in path.name]


def test_the_second_ctrl_c_leaves_nothing_unfinished(shell, leadlex):
    process = shell.start(*WORDS)
    until(lambda: leadlex.asked)
    assert len(parts(shell)) == 1
    process.send_signal(signal.SIGINT)
    assert b"once more stops now" in read_until(process, b"stops now")
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=20)
    assert process.returncode == 130
    assert parts(shell) == []


def read_until(process, words: bytes) -> bytes:
    said = b""
    while words not in said and (more := process.stderr.read1()):
        said += more
    return said


def test_what_a_killed_run_left_is_removed_by_the_next(shell, leadlex):
    process = shell.start(*WORDS)
    until(lambda: leadlex.asked)
    process.kill()
    process.communicate(timeout=20)
    assert len(parts(shell)) == 1
    shell.write(".out.csv.part", "somebody else's")
    leadlex.may.set()
    assert shell(*WORDS).returncode in (0, 7)
    assert parts(shell) == [".out.csv.part"]


def test_an_end_before_the_first_record_leaves_nothing_unfinished(tmp_path, monkeypatch):
    def end(*_: object) -> None:
        os.kill(os.getpid(), signal.SIGTERM)

    monkeypatch.setattr(ask_and_write.history, "begin", end)
    (tmp_path / "in.csv").write_text("email,first_name\njane.doe@acme.example,\n")
    monkeypatch.setattr(ask_and_write, "stopping", lambda *_: contextlib.nullcontext())
    assert app.run(["enrich", str(tmp_path / "in.csv"), "-o", str(tmp_path / "out.csv")]) == 143
    assert [path.name for path in tmp_path.iterdir()] == ["in.csv"]
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL


def test_a_state_that_cannot_be_written_leaves_nothing_unfinished(tmp_path, monkeypatch):
    def fail(*_: object) -> None:
        raise StateError("the journal cannot be written")

    monkeypatch.setattr(ask_and_write.history, "begin", fail)
    (tmp_path / "in.csv").write_text("email,first_name\njane.doe@acme.example,\n")
    assert app.run(["enrich", str(tmp_path / "in.csv"), "-o", str(tmp_path / "out.csv")]) == 2
    assert [path.name for path in tmp_path.iterdir()] == ["in.csv"]
