"""What was tried for records, shortened or as former versions wrote it: it counts alike."""

import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from decimal import Decimal
from importlib.resources import files

import pytest
from places import IN_A_FILE

from enrichctl.journal import Intent, history, queries, record_rows
from enrichctl.journal.accounts import costs_of_cells
from enrichctl.journal.history import RunEntry
from enrichctl.journal.packing import _LONG, _NAMES, _PHRASES, NUMBERS, inflate
from enrichctl.model import Outcome

RUN, BEFORE = "20260301-120000-aaaa", "20260201-120000-aaaa"


def tried(provider, outcome, attempt=None, *accepted, **said):
    one = {"provider": provider, "outcome": outcome, "attempt": attempt, "accepted": [*accepted]}
    return one | said


def ask(journal, run, person, cost):
    number = journal.intend(
        Intent("acme", "a", person, "", ("email",), ("phone",), run, worst=Decimal(9))
    )
    journal.settle(number, Outcome.MATCHED, credits=Decimal(cost), answer={"phone": "1"})
    return number


@pytest.fixture
def journal(place):
    with place.open() as journal:
        for run in (BEFORE, RUN):
            entry = RunEntry(run, datetime(2026, 3, 1, tzinfo=UTC), "/in.csv", "-", ())
            history.begin(journal, entry)
        yield journal


@IN_A_FILE
def test_sql_without_functions_of_ours_reads_every_name_and_phrase(journal):
    said = [tried(f"p{n}", "matched", n, *_NAMES[n:]) for n in range(1, len(_NAMES))]
    every = json.loads("".join(_PHRASES[:1]) + 'x"}]')
    text = "".join(f"{phrase}" for phrase in _PHRASES if phrase.startswith(","))
    said += [*every, tried("offline", "declined", reason=text, wanted=["email"], told=["phone"])]
    put = record_rows.RecordRow(1, 2, "enriched", "", {}, said)
    record_rows.put_records(journal, RUN, [record_rows.pack_record(put)])
    with closing(sqlite3.connect(journal.store.files)) as db:
        rows = db.execute("SELECT provider, outcome, accepted FROM tried ORDER BY place").fetchall()
    assert [(name, outcome, json.loads(names)) for name, outcome, names in rows] == [
        (one["provider"], one.get("outcome"), one.get("accepted", [])) for one in said
    ]


def test_the_view_knows_every_name_and_phrase():
    script = files("enrichctl.journal").joinpath("shapes.sql").read_text("utf-8")
    for character, phrase in _LONG.items():
        code = f"char({', '.join(str(ord(one)) for one in character)})"
        assert f"{code}, '{phrase}')" in script


@pytest.mark.parametrize("former", [(), (2, 3), (1, 2, 3, 4)], ids=["all", "some", "none"])
def test_questions_about_what_was_tried_are_answered_alike(journal, former):
    """Without these rows of a former version, with some and with nothing but them."""
    old, new, last = (ask(journal, *one) for one in ((BEFORE, b"1", 4), (RUN, b"2", 2),
                                                     (RUN, b"3", 6)))  # fmt: skip
    lists = {
        1: [tried("offline", "matched", None, "country"), tried("acme", "matched", new, "phone")],
        2: [tried("offline", "missed"), tried("acme", "matched", old, "phone", "job_title")],
        3: [tried("acme", "matched", last), tried("acme", "failed", new, reason='"attempt":1')],
        4: [],
    }
    records = [record_rows.RecordRow(n, n, "enriched", "", {}, one) for n, one in lists.items()]
    record_rows.put_records(journal, RUN, [record_rows.pack_record(one) for one in records])
    rows = [(json.dumps(lists[n], separators=(",", ":")), n) for n in former]
    journal.write(lambda db: db.executemany("UPDATE records SET tried=? WHERE row=?", rows))
    kept = dict(journal.read("SELECT row, tried FROM records"))
    short = {row for row, text in kept.items() if NUMBERS in text}
    assert short == (set() if journal.store.is_shared else {1, 2, 3}.difference(former))

    for row, said in lists.items():
        found = record_rows.record(journal, RUN, row).tried
        assert [{**one, **was} for one, was in zip(found, said, strict=True)] == found
        assert [one["attempt"] for one in json.loads(inflate(kept[row]))] == [
            one["attempt"] for one in said
        ]
    assert journal.read(queries.REUSED_IN_RUN, (RUN, RUN)) == [("acme", 1)]
    assert sorted(journal.read(queries.LOOKED_UP_IN_RUN, (RUN,))) == [
        ("offline", 0, 1), ("offline", 1, 1),
    ]  # fmt: skip
    assert costs_of_cells(journal) == {"acme": Decimal(4)}  # 12 credits for 3 cells
    uses = {use for use in journal.read(queries.RECORDS_OF_ATTEMPTS) if use[2] is not None}
    assert uses == {(RUN, 1, new), (RUN, 2, old), (RUN, 3, last), (RUN, 3, new)}
    told = journal.read(queries.ATTEMPTS_OF_RECORD, (RUN, 3))
    assert sorted(number for number, _ in told) == [new, last]
    paths = dict(journal.read(queries.PATHS, (RUN,)))
    assert {json.dumps(json.loads(path)): count for path, count in paths.items()} == {
        "[]": 1,
        '[["offline", "matched", ["country"]], ["acme", "matched", ["phone"]]]': 1,
        '[["offline", "missed", []], ["acme", "matched", ["phone", "job_title"]]]': 1,
        '[["acme", "matched", []], ["acme", "failed", []]]': 1,
    }
    uncounted = journal.read(queries.UNCOUNTED_RECORDS, ("", 0, 9))
    assert [row for _, row, *_ in uncounted] == [1, 2, 3]
