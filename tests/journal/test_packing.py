import json
import sqlite3
import zlib
from datetime import UTC, datetime
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrichctl.fields import FIELDS
from enrichctl.journal import Journal, packing, record_rows
from enrichctl.model import Outcome

ANSWER = {"person": {"job_title": "Leiterin", "sure": 0.5}}


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_what_is_packed_comes_back(text):
    assert packing.inflate(packing.deflate(text)) == text


def test_the_dictionaries_are_those_that_journals_were_packed_with():
    assert zlib.adler32(packing._FIRST) == 2627016837
    assert zlib.adler32(packing._SECOND) == 3234620359


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_what_was_packed_with_the_first_dictionary_or_none_is_read(text):
    for known in ({"zdict": packing._FIRST}, {}):
        packer = zlib.compressobj(6, **known)
        assert packing.inflate(packer.compress(text.encode()) + packer.flush()) == text


@given(st.lists(st.sampled_from([*FIELDS, "close.cf_ä=", "=", "acme.x"]), max_size=50))
def test_names_of_fields_come_back_in_their_order(names):
    assert packing.unpack_names(packing.pack_names(tuple(names))) == tuple(names)


def test_a_name_takes_a_character_and_the_same_one_for_ever():
    every = "".join(map(chr, range(ord("0"), ord("0") + len(packing._NAMES))))
    assert packing.pack_names(packing._NAMES) == f"={every}"
    assert packing.pack_names(("email", "job_title", "phone_e164")) == "=04M"
    assert set(packing._NAMES) == {name for name in FIELDS if "." not in name}


def test_names_of_before_are_read():
    assert packing.unpack_names("job_title\tclose.cf_x") == ("job_title", "close.cf_x")


def test_an_answer_takes_half_its_room():
    answer = (
        '{"data":{"person":{"full_name":"Ann Ek","linkedin_url":"https://www.linkedin.com/in/"}}}'
    )
    assert len(packing.deflate(answer)) < len(answer) / 2


@pytest.fixture
def first_version(tmp_path):
    """Write a journal as the first version did, with one answer and one explained record."""
    path = tmp_path / "journal.db"
    db = sqlite3.connect(path)
    db.executescript(files("enrichctl.journal").joinpath("schema.sql").read_text("utf-8"))
    now = datetime.now(UTC).isoformat(timespec="milliseconds")
    db.execute(
        "INSERT INTO runs VALUES ('r', ?, NULL, 'done', NULL, 0, '-', '-', '[]', 1, 1, 1, '{}')",
        (now,),
    )
    db.execute(
        "INSERT INTO attempts (provider, account, person, variant, told, wants, run, day, outcome,"
        " credits, at, answer) VALUES ('acme', 'a', ?, '', 'email', 'job_title', 'r', '2026-01-10',"
        " 'matched', 1000000, ?, ?)",
        (b"p", now, json.dumps(ANSWER)),
    )
    cells = zlib.compress(json.dumps({"email": ["a@acme.com"]}).encode(), 1)
    tried = json.dumps([{"provider": "here", "attempt": None}, {"provider": "acme", "attempt": 1}])
    db.executemany(
        "INSERT INTO records VALUES ('r', ?, 2, 'enriched', '', ?, ?, x'')",
        [(1, tried, cells), (2, "[]", cells)],
    )
    db.execute("PRAGMA user_version=1")
    db.commit()
    db.close()
    return path


def test_a_journal_of_the_first_version_is_read_and_written(first_version):
    with Journal(first_version) as journal:
        (attempt,) = journal.attempts("acme", "a", b"p")
        assert attempt.answer == ANSWER
        record = record_rows.record(journal, "r", 1)
        assert record.values["email"]["after"] == "a@acme.com"
        said = [(one["provider"], one["attempt"]) for one in record.tried]
        assert said == [("here", None), ("acme", attempt.id)]
        assert record_rows.record(journal, "r", 2).tried == []
        journal.settle(attempt.id, Outcome.MATCHED, answer={"new": "ä"})
    with Journal(first_version) as journal:
        assert journal.attempt(attempt.id).answer == {"new": "ä"}
