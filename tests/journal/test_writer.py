"""The file itself: who may read it, what it survives, and what is said when it cannot be used."""

import errno
import queue
import sqlite3
import stat
import subprocess
import sys
import threading
import time

import pytest

from enrichctl.errors import BudgetReached, StateError
from enrichctl.journal import Intent, Journal
from enrichctl.journal.sqlite import MIGRATIONS, SqliteStore, connect
from enrichctl.journal.writer import Writer


@pytest.fixture
def path(tmp_path):
    return tmp_path / "state" / "journal.db"


@pytest.fixture
def writer(path):
    writer = Writer(SqliteStore(path))
    yield writer
    writer.close()


def count(path):
    with sqlite3.connect(path) as db:
        found = db.execute("SELECT COUNT(*) FROM runs").fetchone()[0]
    db.close()
    return found


def add(name):
    return lambda db: db.execute(
        "INSERT INTO runs (id, started_at, state, input, output, command, pid)"
        " VALUES (?, '', 'done', '-', '-', '[]', 1)",
        (name,),
    )


def test_file_and_folder_are_the_owners_alone(path, writer):
    writer.do(add("a"))
    modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()}
    assert modes == {"journal.db": 0o600, "journal.db-wal": 0o600, "journal.db-shm": 0o600}
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_every_commit_is_on_the_disk_before_it_counts(path, writer):
    for db in (writer._db, connect(path)):
        pragmas = {
            n: db.execute(f"PRAGMA {n}").fetchone()[0]
            for n in ("journal_mode", "synchronous", "foreign_keys")
        }
        assert pragmas == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}
    db.close()


def test_an_empty_file_becomes_a_journal(path):
    path.parent.mkdir()
    path.touch()
    Journal(path).close()
    with connect(path) as db:
        assert db.execute("PRAGMA user_version").fetchone() == (len(MIGRATIONS),)
        tables = {
            name for (name,) in db.execute("SELECT name FROM sqlite_schema WHERE type='table'")
        }
    db.close()
    assert tables == {
        "runs", "attempts", "subjects", "spending", "records", "balances", "windows", "spools",
        "outputs",
        "kinds",
        "keys",
        "segments",
        "results",
        "changes",
        "gains",
        "written",
    }  # fmt: skip


def test_a_journal_is_opened_again_as_it_was(path):
    for name in ("a", "b"):
        writer = Writer(SqliteStore(path))
        writer.do(add(name))
        writer.close()
    assert count(path) == 2


def test_a_journal_of_a_newer_version_is_refused_and_left_alone(path):
    Journal(path).close()
    db = connect(path)
    db.execute(f"PRAGMA user_version={len(MIGRATIONS) + 1}")
    db.close()
    before = path.read_bytes()
    with pytest.raises(StateError, match="newer enrichctl") as caught:
        Journal(path)
    assert "upgrade" in caught.value.next
    assert path.read_bytes() == before


def test_a_file_that_is_no_journal_is_refused_and_left_alone(path):
    path.parent.mkdir()
    path.write_bytes(b"email,phone\nanna@acme.com,\n" * 500)
    before = path.read_bytes()
    with pytest.raises(StateError, match="cannot be used") as caught:
        Journal(path)
    assert "does not know what was paid" in caught.value.next
    assert path.read_bytes() == before


def test_another_folder_is_advised_only_where_nothing_was_asked_yet(path):
    store = SqliteStore(path)

    def advice(error):
        return store.unusable(error).next

    full, closed = store.fault("full"), PermissionError(errno.EACCES, "Permission denied")
    for _ in range(2):  # without a file, and with an empty one
        assert "another folder" in advice(full)
        assert "a directory of your own" in advice(closed)
        path.parent.mkdir(exist_ok=True)
        path.touch()
    with Journal(path) as journal:
        assert "another folder" in advice(full)
        journal.write(add("run-1"))
        journal.intend(Intent("leadlex", "acc", b"p", "", ("email",), ("phone",), "run-1"))
        said = advice(full), advice(closed)
    assert said == (
        "free the disk, then run the same command again",
        "make the file and its folder writable for you, then run the same command again",
    )


def test_a_journal_that_breaks_in_use_is_a_state_error(path):
    with Journal(path) as journal:
        for n in range(300):
            journal.write(add(f"run {n} {'x' * 200}"))
    data = bytearray(path.read_bytes())
    for page in range(4096, len(data), 4096):
        if b"x" * 200 in data[page : page + 4096]:  # what the runs are in, not the schema
            data[page : page + 4096] = b"\xaa" * 4096
    path.write_bytes(data)
    with Journal(path) as journal:
        with pytest.raises(StateError):
            journal.read("SELECT * FROM runs")
        with pytest.raises(StateError):
            journal.write(add("one more"))


@pytest.mark.parametrize("where", ["file/journal.db", "folder"])
def test_a_place_that_cannot_hold_a_journal_is_a_state_error(where, tmp_path):
    (tmp_path / "file").touch()
    (tmp_path / "folder").mkdir()
    with pytest.raises(StateError) as caught:
        Journal(tmp_path / where)
    assert "ENRICHCTL_STATE_DIR" in caught.value.next


def test_a_folder_that_cannot_be_written_is_a_state_error(tmp_path):
    folder = tmp_path / "mine"
    folder.mkdir()
    with pytest.raises(StateError):
        Journal(folder.joinpath("/proc/enrichctl/journal.db"))


def test_a_job_that_is_refused_leaves_those_beside_it_alone(path, writer):
    def refuse(db):
        del db
        raise BudgetReached("no room")

    held = threading.Event()
    outcomes = {}

    def do(name, job):
        try:
            writer.do(job)
            outcomes[name] = "written"
        except BudgetReached:
            outcomes[name] = "refused"

    def slow(db):
        held.wait(5)
        add("slow")(db)

    jobs = {"slow": slow, "first": add("first"), "refused": refuse, "last": add("last")}
    threads = [threading.Thread(target=do, args=pair) for pair in jobs.items()]
    for thread in threads:
        thread.start()
    until = time.monotonic() + 5
    while writer._jobs.qsize() < 3 and not outcomes and time.monotonic() < until:
        threading.Event().wait(0.001)  # the others come together while the first is at work
    held.set()
    for thread in threads:
        thread.join()
    assert outcomes == {
        "slow": "written",
        "first": "written",
        "refused": "refused",
        "last": "written",
    }
    assert count(path) == 3


def test_a_bug_in_a_job_is_told_to_whoever_waits_and_nothing_is_written(path, writer):
    def buggy(db):
        add("half")(db)
        raise KeyError("oops")

    with pytest.raises(KeyError):
        writer.do(buggy)
    assert count(path) == 0
    writer.do(add("after"))
    assert count(path) == 1


def test_what_waits_when_it_closes_is_still_written(path):
    writer = Writer(SqliteStore(path))
    threads = [threading.Thread(target=writer.do, args=(add(str(n)),)) for n in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    writer.close()
    assert count(path) == 20


def test_a_journal_that_another_process_is_just_making_is_waited_for(path):
    path.parent.mkdir()
    other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    other.execute("PRAGMA user_version").fetchone()
    release = threading.Timer(0.2, lambda: other.execute("COMMIT"))
    release.start()
    Journal(path).close()
    release.join()
    other.close()


def test_processes_that_open_a_new_journal_at_once_all_succeed(path):
    code = f"""
import pathlib, sys
from enrichctl.journal import Intent, Journal
sys.stdin.read()
Journal(pathlib.Path({str(path)!r})).close()
"""
    started = [
        subprocess.Popen(
            [sys.executable, "-c", code], stdin=subprocess.PIPE, stderr=subprocess.PIPE
        )
        for _ in range(4)
    ]
    for process in started:
        process.stdin.close()
    failures = [
        (process.stderr.read(), process.stderr.close(), process.wait()) for process in started
    ]
    assert [(error, status) for error, _, status in failures] == [(b"", 0)] * 4


def test_who_does_not_wait_is_told_once_it_is_on_the_disk(path, writer):
    told = queue.SimpleQueue()
    writer.later(add("a"), lambda error: told.put((error, count(path))))
    assert told.get(timeout=5) == (None, 1)


def test_what_nobody_waits_for_is_written_before_what_comes_later(path, writer):
    busy, go = threading.Event(), threading.Event()
    writer.later(lambda _: (busy.set(), go.wait(5)), lambda _: None)
    busy.wait(5)
    writer.later(add("a"), lambda _: None)
    threading.Timer(0.05, go.set).start()
    assert writer.do(lambda db: db.execute("SELECT COUNT(*) FROM runs").fetchone()) == (1,)
    assert count(path) == 1


def test_who_does_not_wait_is_told_that_it_was_not_written(path, writer):
    told = queue.SimpleQueue()
    writer.do(add("a"))
    writer.later(add("a"), told.put)
    assert isinstance(told.get(timeout=5), StateError)
    assert count(path) == 1
