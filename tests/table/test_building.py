import os
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from filelock import FileLock

from enrichctl.config import state_dir
from enrichctl.errors import InputError, OutOfTime, StateError
from enrichctl.locks import open_lock, take
from enrichctl.table import building, forget
from enrichctl.table.index import Index, IndexWriter

ANNA = {"email": "anna.berg@nordwind.de"}
TITLE = {"job_title": "Head of Sales"}


def _index() -> Path:
    return state_dir() / "tables" / "crm.index"


def test_the_index_is_private_and_used_again(crm, monkeypatch):
    assert crm.ask(ANNA, "job_title") == TITLE
    assert stat.S_IMODE(_index().stat().st_mode) == 0o600
    assert stat.S_IMODE(_index().parent.stat().st_mode) == 0o700
    assert sorted(path.name for path in _index().parent.iterdir()) == ["crm.index", "crm.lock"]
    monkeypatch.setattr(building, "_build", None)
    monkeypatch.setattr("enrichctl.table.opened", None)
    assert crm.ask(ANNA, "job_title") == TITLE


@pytest.mark.parametrize("what", ["file", "definition"])
def test_a_change_of_the_table_or_its_definition_is_seen(crm, what):
    assert crm.ask({"company_domain": "ostsee.de"}, "company_name") == {"company_name": "Ostsee AG"}
    if what == "file":
        text = (crm.folder / "crm.csv").read_text().replace("Ostsee AG", "Ostsee SE")
        crm.write(text)
        os.utime(crm.folder / "crm.csv", ns=(1, 1))
        expected, settings = {"company_name": "Ostsee SE"}, {}
    else:
        expected, settings = {}, {"key": ["email"]}
    assert crm.ask({"company_domain": "ostsee.de"}, "company_name", **settings) == expected


def test_a_table_in_the_place_of_another_is_seen_though_as_long_and_as_old(crm):
    assert crm.ask({"company_domain": "ostsee.de"}, "company_name") == {"company_name": "Ostsee AG"}
    path = crm.folder / "crm.csv"
    seen = path.stat()
    crm.write(path.read_text().replace("Ostsee AG", "Ostsee SE"))
    os.utime(path, ns=(seen.st_atime_ns, seen.st_mtime_ns))
    assert crm.ask({"company_domain": "ostsee.de"}, "company_name") == {"company_name": "Ostsee SE"}


def test_a_build_that_is_killed_leaves_nothing_half_used(crm):
    child = f"""
import os
from pathlib import Path
from enrichctl.table import building, define
building.IndexWriter.finish = lambda *_: os.kill(os.getpid(), 9)
crm = define("crm", {{"kind": "table", "path": "crm.csv"}}, Path({str(crm.folder)!r}))
crm.ready(lambda _: None)
"""
    assert subprocess.run([sys.executable, "-c", child], check=False).returncode == -9
    assert not _index().exists()
    assert _index().with_suffix(".part").exists()
    assert crm.ask(ANNA, "job_title") == TITLE
    assert not _index().with_suffix(".part").exists()


@pytest.mark.parametrize("damage", [b"", b"x" * 100, None])
def test_an_index_that_is_not_whole_is_built_again(crm, damage):
    assert crm.ask(ANNA, "job_title") == TITLE
    whole = _index().read_bytes()
    _index().write_bytes(whole[:-1] if damage is None else damage)
    assert crm.ask(ANNA, "job_title") == TITLE
    assert len(_index().read_bytes()) == len(whole)


def test_two_runs_do_not_build_at_once(crm):
    provider = crm.provider()
    _index().parent.mkdir(parents=True)
    lock = FileLock(_index().with_suffix(".lock"), thread_local=False)
    lock.acquire()
    other = threading.Thread(target=provider.ready, args=(threading.Event().wait,))
    other.start()
    while not crm.said:
        other.join(0.01)
    assert crm.said == ["crm: another run is reading crm.csv, waiting for it"]
    assert not _index().exists()
    lock.release()
    other.join(10)
    assert _index().exists()


def test_a_table_that_changes_while_it_is_read_is_refused(crm, monkeypatch):
    provider = crm.provider()
    finish = IndexWriter.finish

    def finish_late(writer, meta):
        finish(writer, meta)
        os.utime(crm.folder / "crm.csv", ns=(1, 1))

    monkeypatch.setattr(IndexWriter, "finish", finish_late)
    with pytest.raises(InputError, match="was changed while it was read"):
        provider.ready(lambda _: None)
    assert not _index().exists()


def test_a_full_disk_is_said_and_leaves_nothing(crm, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(IndexWriter, "finish", full)
    with pytest.raises(StateError, match="No space left on device"):
        crm.ask(ANNA)
    assert [path.name for path in _index().parent.iterdir()] == ["crm.lock"]


def test_somebody_who_waits_is_told(crm, monkeypatch):
    monkeypatch.setattr(building, "_FIRST_WORD", -1.0)
    monkeypatch.setattr(building, "_GLANCE", 2)
    crm.ask(ANNA)
    assert crm.said == [
        "crm: 2 rows of crm.csv read; this is done once, until the file changes",
        "crm: crm.csv is ready, 3 rows in 0 s",
    ]


def test_who_builds_it_looks_up_now_and_then_and_may_be_stopped(crm, monkeypatch):
    monkeypatch.setattr(building, "_GLANCE", 2)

    def over(_):
        raise OutOfTime("over")

    with pytest.raises(OutOfTime):
        crm.provider().ready(over)
    assert [path.name for path in _index().parent.iterdir()] == ["crm.lock"]


def test_who_waits_for_another_run_to_build_it_may_be_stopped(crm):
    waits = []

    def pause(seconds):
        waits.append(seconds)
        if len(waits) == 3:
            raise OutOfTime("over")

    lock = open_lock(_index().with_suffix(".lock"))
    try:
        assert take(lock)
        with pytest.raises(OutOfTime):
            crm.provider().ready(pause)
    finally:
        os.close(lock)
    assert crm.said == ["crm: another run is reading crm.csv, waiting for it"]
    assert len(waits) == 3


def test_what_was_noticed_about_the_file_is_said_when_it_is_read(crm):
    (crm.folder / "crm.csv").write_bytes("email,city\na@b.de,Köln\n".encode("cp1252"))
    assert crm.ask({"email": "a@b.de"}) == crm.ask({"email": "a@b.de"}) == {"city": "Köln"}
    [said] = crm.said
    assert said.startswith("crm: read as Windows-1252, because line 2 is not valid UTF-8")


def test_indexes_can_be_forgotten(crm):
    assert crm.ask(ANNA, "job_title") == TITLE
    assert (forget(), forget()) == (1, 0)
    assert not _index().exists()
    assert crm.ask(ANNA, "job_title") == TITLE


def test_every_row_is_found_by_each_of_its_blocks_and_by_nothing_else(tmp_path, monkeypatch):
    monkeypatch.setattr("enrichctl.table.index._SPILL", 1000)  # many spills
    odd = ["", "a\x1fb", "line\nend", "\udc80", "x" * 5000]
    path = tmp_path / "i.index"
    with path.open("wb") as file, IndexWriter(file, tmp_path) as writer:
        for number in range(1000):
            writer.add(number, [odd[number % 5], "b"], [f"one={number}", f"two={number % 100}"])
        writer.finish({"stamp": "s"})
    index = Index.open(path)
    for number in range(1000):
        [row] = index.rows(f"one={number}", 10)
        assert row == (number, [odd[number % 5].replace("\x1f", " "), "b"])
    assert [row.number for row in index.rows("two=7", 10)] == list(range(7, 1000, 100))
    assert [*index.rows("two=7", 9)] == [*index.rows("one=1000", 9)] == []
    index.close()


def test_what_looks_like_a_hash_but_lies_across_entries_is_none(tmp_path, monkeypatch):
    for name, size in (("_HASH", 3), ("_KEPT", 1), ("_ENTRY", 7)):
        monkeypatch.setattr(f"enrichctl.table.index.{name}", size)
    path = tmp_path / "i.index"
    with path.open("wb") as file, IndexWriter(file, tmp_path) as writer:
        for number in range(2000):
            writer.add(number, ["a"], [f"one={number}"])
        writer.finish({"stamp": "s"})
    index = Index.open(path)
    for number in range(2000):
        assert number in [row.number for row in index.rows(f"one={number}", 10)]
    index.close()
