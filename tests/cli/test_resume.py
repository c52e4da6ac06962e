import shlex
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from enrichctl.cli.resume import command, is_complete
from enrichctl.journal.history import FOLDER, PILOT, RunEntry
from enrichctl.reasons import TO_DOUBLE, TO_SETTLE

BEGAN = datetime(2026, 1, 1, tzinfo=UTC)


def go_on(words, *, by="budget", after=timedelta(hours=1), summary=None, doubts=None, **outcomes):
    state = "stopped" if by else "done"
    typed = ("enrichctl", "enrich", *shlex.split(words))
    run = RunEntry("r", BEGAN, "in", "out", typed, state=state, stopped_by=by or None)
    run.summary = summary or {}
    return command(run, outcomes, BEGAN + after, doubts or {})


@pytest.mark.parametrize(
    ("typed", "by", "said"),
    [
        ("'my leads.csv' --budget 3", "budget", "'my leads.csv' --budget 3"),
        ("a.csv --limit 20 -y", "limit", "a.csv"),
        ("a.csv --limit=20 --yes -p pay", "limit", "a.csv -p pay"),
        ("a.csv --limit 20 --random -qy -o y", "limit", "a.csv -q -o y"),
        ("a.csv --limit 20 -y", "interrupted", "a.csv --limit 20 -y"),
        ("a.csv --max-age 7d --limit 2", "limit", "a.csv --max-age 7d"),
    ],
)
def test_a_run_goes_on_with_the_command_that_was_typed_but_a_pilot_with_all(typed, by, said):
    """What was said yes to was so many records: the rest is shown and asked about."""
    assert go_on(typed, by=by, pending=3) == f"enrichctl enrich {said}"


@pytest.mark.parametrize(
    ("typed", "by", "rest", "said"),
    [
        ("a.csv --limit 20 -y", "budget", 14, "a.csv --limit 14 -y"),
        ("a.csv --limit=20 -y", "interrupted", 3, "a.csv --limit 3 -y"),
        ("a.csv --limit 20 -y", "interrupted", 0, "a.csv"),
        ("a.csv --limit 20 -y", "limit", 0, "a.csv"),
        ("a.csv --limit 20 -y", "limit", 1, "a.csv --limit 1 -y"),  # one answer has not come
        ("a.csv --limit 20 --random -y", "budget", 14, "a.csv --limit 20 --random -y"),
    ],
)
def test_a_pilot_that_was_broken_off_goes_on_with_the_rest_of_it(typed, by, rest, said):
    """A random sample is drawn again as it was: what is known of it is not asked again."""
    assert go_on(typed, by=by, pending=60, summary={"rest": rest}) == f"enrichctl enrich {said}"


def test_a_provider_that_lost_all_that_was_left_is_asked_again_only_when_told_to():
    """The same command would ask nobody: all that is left may have been charged."""
    said = go_on("a.csv --budget 20", by="unavailable", matched=2, unconfirmed=6)
    assert said == "enrichctl enrich a.csv --budget 20 --retry-unconfirmed"
    said = go_on("a.csv --budget 20", by="unavailable", pending=1, unconfirmed=6)
    assert said == "enrichctl enrich a.csv --budget 20"


def test_a_pilot_with_a_charge_in_doubt_is_not_complete_and_settles_that_first():
    outcomes = {"unconfirmed": 4, "pending": 50, "enriched": 8}
    for rest, more in ((0, " --retry-unconfirmed"), (3, "")):
        summary = {"rest": rest, PILOT: {}, "outcomes": outcomes}
        said = go_on("a.csv --limit 12 -y", by="limit", summary=summary, **outcomes)
        assert said == f"enrichctl enrich a.csv --limit 12 -y{more}"


def test_in_another_folder_the_command_goes_to_that_in_which_it_was_typed(tmp_path, monkeypatch):
    folder = tmp_path / "my leads"
    folder.mkdir()
    monkeypatch.chdir(folder)
    began = {FOLDER: str(folder)}
    assert (
        go_on("a.csv -o ../b.csv", pending=1, summary=began) == "enrichctl enrich a.csv -o ../b.csv"
    )
    monkeypatch.chdir(tmp_path)
    said = go_on("a.csv -o ../b.csv", pending=1, summary=began)
    assert said == f"cd '{folder}' && enrichctl enrich a.csv -o ../b.csv"


@pytest.mark.parametrize("by", ["budget", "interrupted"])
def test_a_pilot_whose_records_are_known_again_goes_on_with_the_same_command(by):
    for rest in ({"rest": 14}, {"rest": 0}, {}):  # the last one was killed
        said = go_on("a.csv --limit 20 -y", by=by, pending=60, summary={PILOT: {}, **rest})
        assert said == "enrichctl enrich a.csv --limit 20 -y"


def test_a_pilot_is_complete_only_where_nothing_of_it_is_left_and_its_output_stands():
    def complete(*words, by="limit", **summary):
        run = RunEntry("r", BEGAN, "in", "out", words, state="stopped", stopped_by=by)
        run.summary = summary
        return is_complete(run)

    assert complete("--limit", "2", rest=0, **{PILOT: {}})
    assert complete("--limit=2", rest=0)
    assert not complete("--limit", "2", rest=1, **{PILOT: {}})  # one answer has not come
    assert not complete("--limit", "2", rest=0, written=False)
    assert not complete("--limit", "2", by="interrupted", **{PILOT: {}})  # it was killed
    assert not complete("--budget", "2", rest=0)


@pytest.mark.parametrize("fresh", ["--fresh", "--max-age 0", "--max-age=0d"])
def test_going_on_never_pays_again_for_what_the_run_itself_was_told(fresh):
    said = go_on(f"a.csv {fresh} -y", pending=3)
    assert said == "enrichctl enrich a.csv --max-age 1d -y"

    said = go_on(f"a.csv {fresh} -y", pending=3, after=timedelta(days=2, hours=1))
    assert said == "enrichctl enrich a.csv --max-age 3d -y"


@pytest.mark.parametrize(("calls", "goes_on"), [(1, True), (0, False)])
def test_what_was_piped_in_and_broken_off_goes_on_only_where_somebody_was_asked(calls, goes_on):
    """Without an answer that is kept, it is all done once more."""
    run = RunEntry(
        "r", BEGAN, "-", "-", ("enrichctl", "enrich", "-"), state="stopped",
        stopped_by="interrupted", summary={"providers": [{"calls": calls, "reused": 0}]},
    )  # fmt: skip
    assert (command(run, {"pending": 1}, BEGAN) is not None) == goes_on
    run.input = "/in.csv"
    assert command(run, {"pending": 1}, BEGAN) is not None


def test_what_is_in_doubt_is_asked_again_only_when_told_to():
    assert go_on("a.csv", by="", unconfirmed=1) == "enrichctl enrich a.csv --retry-unconfirmed"
    assert go_on("a.csv", by="", unconfirmed=1, pending=1) == "enrichctl enrich a.csv"
    assert go_on("a.csv", by="", enriched=1, failed=1) is None


def test_what_the_same_command_settles_needs_no_asking_again():
    settles, doubles = ({"cause": "lost", "count": 1, "next": n} for n in (TO_SETTLE, TO_DOUBLE))
    said = go_on("a.csv", by="", unconfirmed=1, summary={"errors": [settles]})
    assert said == "enrichctl enrich a.csv"
    said = go_on("a.csv", by="", unconfirmed=2, summary={"errors": [settles, doubles]})
    assert said == "enrichctl enrich a.csv --retry-unconfirmed"


@pytest.mark.parametrize(
    ("typed", "short", "said"),
    [
        ("a.csv --budget 3 -y", {"lemlist": "5"}, "a.csv -y --budget 3,lemlist=5"),
        ("a.csv --budget=lemlist=1,a=7", {"lemlist": "5"}, "a.csv --budget lemlist=5,a=7"),
        ("a.csv -y", {"lemlist": "5"}, "a.csv -y --budget lemlist=5"),
    ],
)  # fmt: skip
def test_a_budget_into_which_no_call_fits_is_made_to_hold_one(typed, short, said):
    assert go_on(typed, pending=3, summary={"short": short}) == f"enrichctl enrich {said}"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("a.csv --budget 0 -q", "a.csv -q --budget 0,lemlist=5"),
        ("a.csv --budget lemlist=4,a=7", "a.csv --budget lemlist=5,a=7"),
        ("a.csv --budget 5", "a.csv --budget 5"),
        ("a.csv -y", "a.csv -y"),
    ],
)
def test_what_is_asked_again_has_a_budget_into_which_a_call_fits(typed, said):
    said = f"enrichctl enrich {said} --retry-unconfirmed"
    assert go_on(typed, by="", unconfirmed=2, doubts={"lemlist": Decimal(5)}) == said
