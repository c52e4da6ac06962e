from contextlib import closing
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from hashlib import shake_128

import pytest
from places import IN_A_FILE

from enrichctl.errors import Locked
from enrichctl.facts import spelling
from enrichctl.journal import (
    Intent,
    entries,
    erase,
    history,
    kinds,
    outputs,
    record_rows,
    spool,
    subject_key,
)
from enrichctl.journal.erased import answers_erased
from enrichctl.model import Outcome

NOW = datetime(2025, 11, 20, 9, 0, tzinfo=UTC)
SECRET = "jane.forgotten@acme.com"


@pytest.fixture
def clock():
    return [NOW]


@pytest.fixture
def journal(place, clock):
    with place.open(now=lambda: clock[0]) as opened:
        yield opened


def begin(journal, name="run-a", output="-", state="done", command=()):
    ended = None if state == "running" else journal.now()
    entry = history.RunEntry(name, journal.now(), "in.csv", output, command, ended, state=state)
    history.begin(journal, entry)
    return name


def key(text, name="email"):
    return subject_key(spelling.canonical(name, text))


def ask(journal, run, *, keys=(), told=("email",), answer=None, outcome=Outcome.MATCHED):
    number = journal.intend(
        Intent(
            "acme", "acct", b"p", "", told, ("phone",), run, tuple(keys), Decimal(2),
            {"method": "POST", "path": "/", "body": SECRET, "key": ""},
        )
    )  # fmt: skip
    if outcome is not Outcome.SENT:
        spent = None if outcome is Outcome.UNCONFIRMED else Decimal(2)
        journal.settle(number, outcome, credits=spent, answer=answer)
    return number


def explain(journal, run, row, *, email="", attempts=(), found=""):
    value = [email or None, found or None]
    tried = [{"provider": "acme", "attempt": number} for number in attempts]
    keys = key(email) if email else b""
    row = record_rows.RecordRow(row, row, "enriched", "", {"email": value}, tried, keys)
    record_rows.put_records(journal, run, [record_rows.pack_record(row)])


def person(text=SECRET):
    return erase.PersonToErase((key(text),), (text,))


def nowhere(_):
    return False


def bytes_of(journal):
    return b"".join(
        file.read_bytes()
        for file in journal.store.files.parent.iterdir()
        if file.name.startswith(journal.store.files.name)
    )


@IN_A_FILE
def test_a_forgotten_person_is_gone_from_the_bytes_of_the_files_and_the_money_stays(journal):
    run = begin(journal)
    for number in range(50):  # enough that what is freed is not used again by chance
        other = ask(journal, run, keys=[key(f"p{number}@acme.com")], answer={"n": "x" * 500})
        explain(journal, run, number, email=f"p{number}@acme.com", attempts=[other])
    mine = ask(journal, run, keys=[key(SECRET)], answer={"email": SECRET})
    explain(journal, run, 99, email=SECRET, attempts=[mine])
    assert SECRET.encode() in bytes_of(journal)

    done = erase.forget(journal, person(), names=nowhere)

    assert (done.attempts, done.records, done.left) == (1, 1, "")
    assert SECRET.encode() not in bytes_of(journal)
    assert key(SECRET) not in bytes_of(journal)
    assert erase.entries_held(journal) == (50, 50, 1)
    assert journal.spent("acme", f"run:{run}") == Decimal(102)


@pytest.mark.parametrize(
    ("word", "kept"),
    [
        (f"Email = '{SECRET.upper()}'", "Email = '(forgotten)'"),
        (f"\"E-Mail\" = '{SECRET}'", "\"E-Mail\" = '(forgotten)'"),
        (f"Email = 'x{SECRET}'", f"Email = 'x{SECRET}'"),  # somebody else
    ],
)
def test_the_command_of_a_run_names_a_forgotten_person_no_longer(journal, word, kept):
    typed = ("enrichctl", "enrich", "in.csv", "--where")
    run = begin(journal, command=(*typed, word))
    erase.forget(journal, person(), names=nowhere)
    assert history.run(journal, run).command == (*typed, kept)


@IN_A_FILE
def test_what_an_earlier_change_left_in_the_file_is_gone_too(journal):
    journal.write(lambda db: db.execute("PRAGMA secure_delete=OFF"))  # some builds have it on
    first = begin(journal)
    journal.void(ask(journal, first, answer={"email": SECRET, "more": "x" * 9_000}))
    assert SECRET.encode() in bytes_of(journal)

    erase.forget(journal, person(), names=nowhere)

    assert SECRET.encode() not in bytes_of(journal)


def test_somebody_whose_address_was_only_found_is_found_in_the_answer(journal):
    run = begin(journal)
    number = ask(journal, run, told=("full_name",), answer={"mail": SECRET.upper()})
    explain(journal, run, 1, attempts=[number], found=SECRET)

    done = erase.forget(journal, person(), names=nowhere)

    assert (done.attempts, done.records) == (1, 1)


@pytest.mark.parametrize("other", [f"x{SECRET}", f"x.{SECRET}", f"{SECRET}.br", f"{SECRET}pany"])
def test_an_address_that_contains_the_forgotten_one_is_another_person(other, journal):
    run = begin(journal)
    number = ask(journal, run, keys=[key(other)], answer={"mail": other})
    explain(journal, run, 1, email=other, attempts=[number])

    done = erase.forget(journal, person(), names=nowhere)

    assert (done.attempts, done.records) == (0, 0)


def test_what_was_asked_about_the_same_row_by_other_means_goes_too(journal):
    run, later = begin(journal), begin(journal, "run-b")
    by_url = ask(journal, run, keys=[key("x")], told=("linkedin_url",))
    explain(journal, run, 1, email=SECRET, attempts=[by_url])
    explain(journal, later, 5, attempts=[by_url])

    done = erase.forget(journal, person(), names=nowhere)

    assert (done.attempts, done.records) == (1, 2)


def test_what_was_asked_about_their_company_stays_with_their_colleagues(journal):
    run = begin(journal)
    company = ask(journal, run, keys=[key("acme.com", "company_domain")], told=("company_domain",))
    explain(journal, run, 1, email=SECRET, attempts=[company])
    explain(journal, run, 2, email="john@acme.com", attempts=[company])

    done = erase.forget(journal, person(), names=nowhere)

    assert (done.attempts, done.records) == (0, 1)
    assert record_rows.record(journal, run, 2) is not None


def test_why_a_record_was_held_back_goes_with_the_last_record_that_says_it(journal):
    run = begin(journal)
    for row, (email, reason) in enumerate([(SECRET, SECRET), ("a@b.com", ""), ("c@b.com", "")], 1):
        tried = [{"provider": "acme", "attempt": row, "reason": reason}]
        told = record_rows.RecordRow(row, row, "review", "", {"email": [email]}, tried, key(email))
        record_rows.put_records(journal, run, [record_rows.pack_record(told)])
    all_kinds = "SELECT tried FROM kinds"
    assert len(journal.read(all_kinds)) == 2

    erase.forget(journal, person(), names=nowhere)

    ((left,),) = journal.read(all_kinds)
    assert SECRET not in left
    assert [one["attempt"] for one in record_rows.record(journal, run, 3).tried] == [3]


def test_what_was_tried_goes_with_the_run_that_a_newer_one_explains(journal):
    for number in (1, 2):
        begin(journal, f"run-{number}")
        tried = [{"provider": "acme", "attempt": 1, "reason": f"in run {number}"}]
        told = record_rows.RecordRow(1, 2, "review", "", {}, tried)
        record_rows.put_records(journal, f"run-{number}", [record_rows.pack_record(told)])

    history.supersede(journal, history.run(journal, "run-2"))

    ((left,),) = journal.read("SELECT tried FROM kinds")
    assert "in run 2" in left


def test_a_long_reason_is_kept_once_as_any_other(journal):
    run = begin(journal)
    reason = shake_128(b"x").hexdigest(10_000)
    for row in (1, 2):
        tried = [{"provider": "acme", "attempt": 1, "reason": reason}]
        told = record_rows.RecordRow(row, row, "review", "", {}, tried)
        record_rows.put_records(journal, run, [record_rows.pack_record(told)])

    assert record_rows.record(journal, run, 2).tried[0]["reason"] == reason
    assert len(journal.read("SELECT id FROM kinds")) == 1


@pytest.mark.parametrize("place", ["sqlite"], indirect=True)
def test_dropping_records_takes_no_longer_where_other_runs_have_many(journal, place):
    """A daily job must not get slower by what else there is."""

    def explain_all(run, rows):
        begin(journal, run)
        tried = [[{"provider": "acme", "attempt": 1, "reason": f"{run} {row}"}] for row in rows]
        told = [record_rows.RecordRow(row, row, "", "", {}, tried[row]) for row in rows]
        record_rows.put_records(journal, run, list(map(record_rows.pack_record, told)))

    def steps(run):
        explain_all(run, range(10))
        taken = []
        with closing(place.store().connect()) as db:
            db.set_progress_handler(lambda: taken.append(1), 1)
            kinds.drop_records(db, "run=?", (run,))
        return len(taken)

    alone = steps("run-a")
    explain_all("run-b", range(1_000))
    assert steps("run-c") < alone * 1.1
    assert journal.read("SELECT DISTINCT run FROM records") == [("run-b",)]
    assert len(journal.read("SELECT id FROM kinds")) == 1_000


def test_an_id_does_not_erase_people_of_whom_it_is_the_name(journal):
    run = begin(journal)
    ask(journal, run, keys=[subject_key("jane")], told=("first_name", "last_name"))
    by_id = ask(journal, run, keys=[subject_key("jane")], told=("leadlex.contact_id",))

    person = erase.PersonToErase((subject_key("jane"),), (), True)
    done = erase.forget(journal, person, names=nowhere)

    assert done.attempts == 1
    assert journal.attempt(by_id) is None


def test_output_files_that_still_name_the_person_are_told(journal, tmp_path):
    wrote, reads = tmp_path / "wrote.csv", tmp_path / "reads.csv"
    other, gone = tmp_path / "other.csv", tmp_path / "gone.csv"
    for file in (wrote, reads, other):
        file.touch()
    run = begin(journal, output=str(wrote))
    for number, file in enumerate((reads, other, gone)):
        begin(journal, f"run-{number}", output=str(file))
    ask(journal, run, keys=[key(SECRET)])

    done = erase.forget(journal, person(), names=lambda file: file == reads)

    assert set(done.outputs) == {str(wrote), str(reads)}


def test_nobody_is_forgotten_while_a_run_is_asking_about_them(journal):
    run = begin(journal, state="running")
    number = ask(journal, run, keys=[key(SECRET)], outcome=Outcome.SENT)

    with pytest.raises(Locked):
        erase.forget(journal, person(), names=nowhere)
    assert journal.attempt(number) is not None


def test_pruning_deletes_what_is_older_and_keeps_what_is_open_or_unconfirmed(journal, clock):
    old, doubtful = begin(journal, "run-1"), begin(journal, "run-2")
    ask(journal, old, answer={"mail": SECRET})
    explain(journal, old, 1, email=SECRET)
    kept = ask(journal, doubtful, outcome=Outcome.UNCONFIRMED)
    ask(journal, doubtful)
    clock[0] = NOW + timedelta(days=100)
    new = ask(journal, begin(journal, "run-3"))

    done = erase.prune(journal, NOW + timedelta(days=10))

    assert (done.attempts, done.records, done.runs) == (2, 1, 1)
    assert [a.id for a in erase.export(journal)] == [kept, new]
    assert [run.id for run in history.runs(journal)] == ["run-3", "run-2"]
    assert journal.spent("acme", "day:2025-11-20") == Decimal(6)


def test_what_a_killed_run_has_done_stays_known_though_its_answers_go(journal, clock):
    """It has no counts of its own; what another run has collected of it is counted there."""
    name = begin(journal, state="running")
    for outcome in (Outcome.MATCHED, Outcome.MATCHED, Outcome.MISSED, Outcome.UNCONFIRMED):
        ask(journal, name, outcome=outcome, keys=[key(SECRET)])
    journal.alive.let_go(name)
    run = history.run(journal, name)
    run.state, run.summary = "stopped", {history.SEEN_DEAD: clock[0].isoformat()}
    history.update(journal, run)
    clock[0] += timedelta(days=1)
    ask(journal, name)

    def counted():
        ((lane,), said) = history.so_far(journal, run)[1], history.run(journal, name)
        return lane.asked, lane.matched, lane.missed, lane.unconfirmed, answers_erased(said.summary)

    assert counted() == (4, 2, 1, 1, 0)
    erase.prune(journal, clock[0] + timedelta(seconds=1))
    run = history.run(journal, name)
    assert counted() == (4, 2, 1, 1, 3)
    erase.forget(journal, person(), names=nowhere)
    run = history.run(journal, name)
    assert list(erase.export(journal)) == []
    assert counted() == (4, 2, 1, 1, 3)


def test_a_pruned_run_s_output_is_known_as_this_input_s_and_no_other_s(journal, clock):
    """Else the same command would ask before it replaces what it has written itself."""
    begin(journal, "run-a", output="/out.csv")
    outputs.remember(journal, "/out.csv", b"digest")
    clock[0] += timedelta(days=2)
    begin(journal, "run-b", output="-")
    for _ in range(2):
        erase.prune(journal, clock[0] + timedelta(seconds=1))
        assert history.runs(journal) == []
        assert outputs.has_written(journal, "in.csv", "/out.csv")
        assert not outputs.has_written(journal, "other.csv", "/out.csv")
        assert not outputs.has_written(journal, "in.csv", "-")
    assert outputs.known_digests(journal, "/out.csv").keys() == {b"digest"}
    outputs.written(journal, "/out.csv")
    assert outputs.has_written(journal, "in.csv", "/out.csv")


def test_what_a_rehearsal_wrote_is_known_as_its_own_until_a_real_run_writes(journal, clock):
    def known():
        found = (
            outputs.known_digests(journal, "/out.csv"),
            outputs.rehearsed_digests(journal, "/out.csv"),
        )
        return tuple({*one} for one in found)

    outputs.remember(journal, "/out.csv", b"real")
    outputs.written(journal, "/out.csv")
    assert known() == ({b"real"}, set())
    clock[0] += timedelta(days=1)
    outputs.remember(journal, "/out.csv", b"made up", rehearsed=True)
    assert known() == ({b"real", b"made up"}, {b"made up"})  # either may stand there after a crash
    outputs.written(journal, "/out.csv")
    assert known() == ({b"made up"}, {b"made up"})
    clock[0] += timedelta(days=1)
    outputs.remember(journal, "/out.csv", b"made up")  # the same bytes, and nothing is made up
    assert known() == ({b"made up"}, set())
    outputs.remember(journal, "/out.csv", b"made up", rehearsed=True)
    clock[0] += timedelta(days=1)
    outputs.remember(journal, "/out.csv", b"real")
    outputs.written(journal, "/out.csv")
    assert known() == ({b"real"}, set())


def test_pruning_leaves_a_run_that_is_still_working(journal):
    begin(journal, state="running")

    assert erase.prune(journal, NOW + timedelta(days=1)).runs == 0


def test_everything_asked_is_exported_oldest_first(journal):
    run = begin(journal)
    numbers = [ask(journal, run, answer={"n": n}) for n in range(3)]

    exported = list(erase.export(journal))

    assert [(a.id, a.answer) for a in exported] == [(n, {"n": i}) for i, n in enumerate(numbers)]


def test_what_a_dead_run_wrote_down_beside_the_journal_is_forgotten_as_well(journal):
    run = begin(journal, state="running")
    ask(journal, run, keys=[key(SECRET)], outcome=Outcome.SENT)
    kept = entries.Settlement(1, Outcome.MATCHED, "2025-11-20T09:00:00.000+00:00",
                              packed=b"x", reason=SECRET)  # fmt: skip
    theirs = spool.Spool(journal.store)
    theirs.add([kept])
    theirs.close(keep=True)
    journal.alive.let_go(run)
    assert SECRET.encode() in bytes_of(journal)

    assert erase.forget(journal, person(), names=nowhere).attempts == 1
    assert SECRET.encode() not in bytes_of(journal)
