"""A run that broke off is `stopped`, with the exit status it ended with and the way to go on."""

import json
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from enrichctl.cli import app
from enrichctl.engine.record_writer import RecordWriter
from enrichctl.engine.run import Runner
from enrichctl.errors import ExitStatus, OutputError
from enrichctl.events import Began, Ended
from enrichctl.journal import Journal, history
from enrichctl.journal.sqlite import SqliteStore
from enrichctl.render.log import LogFile
from enrichctl.sandbox import Sandbox

COMMAND = str(Path(sys.executable).with_name("enrichctl"))
ROWS = 700  # more than are explained in one commit


@pytest.fixture
def leads(tmp_path, journal, monkeypatch):
    monkeypatch.chdir(tmp_path)
    journal.close()
    rows = "".join(f"p{n}@acme.example\n" for n in range(ROWS))
    (tmp_path / "leads.csv").write_text(f"email\n{rows}")
    return tmp_path


def last(capsys):
    capsys.readouterr()
    assert app.run(["status", "last", "--json"]) == 0
    run = json.loads(capsys.readouterr().out)["run"]
    return run["state"], run["stopped_by"], run["exit_status"], bool(run["resume"])


def enrich(*words):
    return app.run(["enrich", "leads.csv", "-q", "-o", "out.csv", *words])


def breaks(monkeypatch, owner, name, error, when=lambda *_: True):
    """Let a method raise, once a call is the one that is meant."""
    before = getattr(owner, name)

    def method(self, *given):
        if when(*given):
            raise error
        return before(self, *given)

    monkeypatch.setattr(owner, name, method)


def test_a_bug(leads, monkeypatch, capsys):
    breaks(monkeypatch, RecordWriter, "put", KeyError("oops"), lambda row, *_: row.number == ROWS)
    with pytest.raises(KeyError):
        enrich()
    assert last(capsys) == ("stopped", "interrupted", 1, True)
    assert not (leads / "out.csv").exists()


@pytest.mark.parametrize("event", [Began, Ended])
def test_a_full_log_at_its_first_line_and_at_its_last(leads, monkeypatch, capsys, event):
    full = OutputError("the log cannot be written")
    breaks(monkeypatch, LogFile, "__call__", full, lambda given: isinstance(given, event))
    assert enrich("--log-file", str(leads / "log")) == 2
    assert last(capsys) == ("stopped", "interrupted", 2, True)


def test_an_output_that_cannot_be_put_in_its_place(leads, monkeypatch, capsys):
    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("enrichctl.files.atomic.os.fsync", full)
    assert enrich() == 2
    assert last(capsys) == ("stopped", "interrupted", 2, True)
    assert [path.name for path in leads.glob("*out*")] == []


def test_stdout_that_is_full(leads, capsys):
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [COMMAND, "enrich", "leads.csv", "--json"], stdout=full, stderr=subprocess.PIPE,
            check=False, timeout=60,
        )  # fmt: skip
    assert done.returncode == 2, done.stderr
    assert last(capsys) == ("stopped", "interrupted", 2, True)


def test_waiting_in_vain_for_a_run_that_hangs_is_exit_8_and_names_it(leads, monkeypatch, capsys):
    with Sandbox(limits=False) as box:
        for name, value in box.environ().items():
            monkeypatch.setenv(name, value)
        who = next(p.email for p in box.population.people.values() if box.population.person_at(
            "leadlex", p.email))  # fmt: skip
        (leads / "leads.csv").write_text(f"email\n{who}\n")
        words = ("-p", "leadlex", "-w", "job_title", "-y", "--force")
        assert enrich(*words) == 0
        with Journal(leads / "journal.db") as other:
            hangs = history.RunEntry("20260101-000000-dead", other.now(), "/other.csv", "-", ())
            history.begin(other, hangs)
            other.write(
                lambda db: db.execute("UPDATE attempts SET outcome='sent', run=?", (hangs.id,))
            )
            other.write(lambda db: db.execute("DELETE FROM results"))  # nothing was written of it
            monkeypatch.setattr("enrichctl.engine.in_flight.MOST", 0.0)
            capsys.readouterr()
            assert enrich(*words) == 8
            assert f"run {hangs.id}, begun 0 min ago, is still asking" in capsys.readouterr().err
            assert len(box.ledger) == 1
    assert last(capsys) == ("stopped", "unavailable", 8, True)
    assert (leads / "out.csv").read_text().count("\n") == 2


def test_the_first_reason_that_has_a_name_counts(leads, monkeypatch, capsys):
    """The limit of errors was reached before the bug: that is why it stopped, and its exit."""
    del leads
    go = Runner.go

    def stop_and_break(self, services, write):
        self._stop.now("max_errors", ExitStatus.SOME_FAILED)
        go(self, services, write)
        raise OutputError("full")

    monkeypatch.setattr(Runner, "go", stop_and_break)
    enrich()
    assert last(capsys) == ("stopped", "max_errors", 3, True)


def test_a_run_begins_and_ends_by_one_clock(leads, capsys, monkeypatch):
    """That of the journal: this machine's may be off, and a team's journal is on another."""
    ahead = SqliteStore.now
    monkeypatch.setattr(SqliteStore, "now", lambda self: ahead(self) + timedelta(days=1))
    assert enrich() == 0
    capsys.readouterr()
    assert app.run(["status", "last", "--json"]) == 0
    run = json.loads(capsys.readouterr().out)["run"]
    began, ended = (datetime.fromisoformat(run[word]) for word in ("started_at", "finished_at"))
    assert timedelta(0) <= ended - began < timedelta(hours=1)
