"""Runs: what ``status`` and ``credits`` show of them, and which are alive."""

import json
import os
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from os import urandom
from pathlib import Path
from typing import Any

from enrichctl.errors import UsageError
from enrichctl.journal import queries
from enrichctl.journal.contract import StoreConnection
from enrichctl.journal.kinds import drop_records
from enrichctl.journal.money import from_millionths
from enrichctl.journal.owners import owned, owner_of
from enrichctl.journal.store import Journal
from enrichctl.model import LaneCount, Outcome, Status

FOR_EVER = "9999"  # later than every moment, as the journal writes them
LATEST = 100  # runs among which one of a kind is looked for
TESTED = "tested"  # in a summary: the fields that a benchmark took for blank
FOLDER = "folder"  # in a summary: where it was started, which the paths of its command go out from
PILOT = "pilot"  # in a summary: which records a pilot is about, and what it asks
SEEN_DEAD = "seen_dead"  # in a summary: when another run found that this one was killed
ERASED = "erased"  # in a summary: provider → outcome → attempts that are gone; see `erased`
BENCHMARK = "benchmark of "  # how the input of a run begins that wrote nothing


@dataclass(slots=True)
class RunEntry:
    """One run, as the journal keeps it.

    Attributes:
        id: Tells the second in which it began.
        state: ``running``, ``stopped`` (something is left to do) or ``done``.
        stopped_by: What stopped it, in one word; None when nothing did.
        input: Full path, or ``-``.
        output: Full path, or ``-``.
        command: The words typed.
        summary: Counts per outcome, provider, field and cause; see `engine.report`. Before there
            are any, the order of the waterfall alone.
        who: Who runs it, user@host, where a team shares the journal; else "".
    """

    id: str
    started_at: datetime
    input: str
    output: str
    command: tuple[str, ...]
    finished_at: datetime | None = None
    state: str = "running"
    stopped_by: str | None = None
    exit_status: int | None = None
    records: int = 0
    people: int = 0
    pid: int = field(default_factory=os.getpid)
    summary: dict[str, Any] = field(default_factory=dict)
    who: str = ""

    @property
    def sandbox(self) -> bool:
        """Tell whether its providers were those of the sandbox: people and credits are made up."""
        return "--sandbox" in self.command

    @property
    def is_counted(self) -> bool:
        """Tell whether its summary has its counts: it ended, or has none but those."""
        return "outcomes" in self.summary

    @property
    def over_by(self) -> datetime | None:
        """Return by when it was over; None while it works, and of one whose death nobody has seen.

        What came later was collected by another run.
        """
        seen = self.summary.get(SEEN_DEAD)
        return self.finished_at or (datetime.fromisoformat(seen) if seen else None)

    @property
    def is_benchmark(self) -> bool:
        """Tell whether it compared providers, each by itself, and wrote nothing."""
        return self.input.startswith(BENCHMARK)

    @property
    def tested(self) -> list[str]:
        """Return the fields that it took for blank, to compare what it was given with the file."""
        return list(self.summary.get(TESTED, ()))


_OPEN = (Outcome.RESERVED, Outcome.SENT, Outcome.SUBMITTED)


def new_id(started_at: datetime) -> str:
    """Return an id that tells the second in which a run began."""
    return f"{started_at:%Y%m%d-%H%M%S}-{urandom(2).hex()}"


def begin(journal: Journal, run: RunEntry) -> None:
    """Enter a run that starts now, under another id where its own is taken.

    It takes the place of those on the same input that were killed: however often that happens,
    the journal holds no more than the records of the last run that ended, and of this one.
    """
    if run.command:
        run.summary.setdefault(FOLDER, here())
    while not _enter(journal, run):
        run.id = new_id(run.started_at)


def _enter(journal: Journal, run: RunEntry) -> bool:
    """Enter a run and let others see that it is alive; tell whether its id was free."""
    if run.state == "running" and not journal.alive.hold(run.id):
        return False
    run.who = run.who or journal.store.who
    row = _row(journal, run)
    places = ", ".join("?" * len(row))

    def job(db: StoreConnection) -> int:
        entered = db.execute(
            f"INSERT INTO runs ({queries.RUN_COLUMNS}) VALUES ({places}) ON CONFLICT DO NOTHING",
            row,
        ).rowcount
        if entered and run.input != "-":
            _drop(
                db, ("results",), "state<>'running' AND finished_at IS NULL",
                _of_others(journal, run),
            )  # fmt: skip
        return entered

    if journal.write(job):
        return True
    journal.alive.let_go(run.id)
    return False


def update(journal: Journal, run: RunEntry) -> None:
    """Bring a run's row up to date."""
    row = _row(journal, run)
    journal.write(
        lambda db: db.execute(
            "UPDATE runs SET (finished_at, state, stopped_by, exit_status, input, output, command,"
            " pid, records, people, summary) = (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) WHERE id=?",
            (*row[2:], run.id),
        )
    )
    if run.state != "running":
        journal.alive.let_go(run.id)


def supersede(journal: Journal, run: RunEntry) -> None:
    """Drop the records of earlier runs on the same input: the newest run explains it."""

    def job(db: StoreConnection) -> None:
        _drop(db, ("results", "changes"), "TRUE", _of_others(journal, run))

    if run.input != "-":
        journal.write(job)


def _of_others(journal: Journal, run: RunEntry) -> tuple[str, str, bool]:
    """Return by what the other runs of a job are found; rehearsals are a job of their own."""
    return entered_as(journal, run), run.id, run.sandbox


def _drop(
    db: StoreConnection, tables: Sequence[str], which: str, job: tuple[str, str, bool]
) -> None:
    """Drop the records of other runs of a job, and more: of those for which some SQL holds."""
    same = f"input=? AND id<>? AND ({queries.IN_SANDBOX})=?"
    others = f"run IN (SELECT id FROM runs WHERE {same} AND {which})"
    drop_records(db, others, job)
    for table in tables:
        db.execute(f"DELETE FROM {table} WHERE {others}", job)


def here() -> str:
    """Return the folder in which the program runs; "" where it is gone."""
    try:
        return str(Path.cwd())
    except OSError:
        return ""


def runs(journal: Journal, limit: int = 20) -> list[RunEntry]:
    """Return the latest runs, newest first."""
    rows = journal.read(queries.RUNS, (limit,))
    return [_run(journal, row) for row in rows]


def runs_of_job(journal: Journal, input_: str, *, sandbox: bool, limit: int = 20) -> list[RunEntry]:
    """Return the latest runs on an input, newest first; rehearsals are a job of their own."""
    if input_ == "-":
        return []
    which = (owned(journal.store, input_), sandbox, limit)
    return [_run(journal, row) for row in journal.read(queries.RUNS_OF_JOB, which)]


def that_wrote(journal: Journal, path: str) -> list[RunEntry]:
    """Return the runs that have written an output, the last one of each input."""
    return [
        _run(journal, row) for row in journal.read(queries.WRITERS, (owned(journal.store, path),))
    ]


def about_any(journal: Journal, keys: Sequence[bytes]) -> list[RunEntry]:
    """Return the runs that know a record of any of some people, by their fingerprints."""
    if not keys:
        return []
    rows = journal.read(queries.runs_about(len(keys)), keys)
    return [_run(journal, row) for row in rows]


def last_sign(journal: Journal, run: RunEntry) -> datetime:
    """Return when a run ended; of one that was killed, when it last heard from a provider."""
    if run.finished_at:
        return run.finished_at
    ((last,),) = journal.read(queries.LATEST_OF_RUN, (run.id,))
    return max(run.started_at, datetime.fromisoformat(last)) if last else run.started_at


def of_enrich(journal: Journal, *, sandbox: bool) -> Iterator[RunEntry]:
    """Yield the latest runs that read records, newest first; no benchmark."""
    for one in runs(journal, LATEST):
        if one.sandbox == sandbox and one.records and not one.is_benchmark:
            yield one


def run(journal: Journal, name: str) -> RunEntry | None:
    """Return a run by its id, the beginning of it, or ``last``; None where there is none.

    Raises:
        UsageError: Several runs begin so.
    """
    if name == "last":
        return next(iter(runs(journal, 1)), None)
    rows = journal.read(queries.RUN, (name,))
    if len(rows) > 1:
        raise UsageError(
            f"several runs begin with {name!r}",
            next="type more of the id; `enrichctl status` lists the latest",
        )
    return _run(journal, rows[0]) if rows else None


def began(journal: Journal, run_id: str) -> datetime | None:
    """Return when a run began; None of one that is not in the journal."""
    rows = journal.read(queries.START_OF_RUN, (run_id,))
    return datetime.fromisoformat(rows[0][0]) if rows else None


def in_review(journal: Journal, input_: str, providers: Collection[str], *, sandbox: bool) -> int:
    """Return of how many records of an input the last run holds an answer of these back."""
    if input_ == "-":
        return 0
    return sum(
        int(often)
        for tried, often in journal.read(queries.IN_REVIEW, (owned(journal.store, input_), sandbox))
        if any(one.get("held_back") and one["provider"] in providers for one in json.loads(tried))
    )


def match_rate(journal: Journal, provider: str, account: str) -> float | None:
    """Return the share of an account's answers so far that were matches; None before the first."""
    ((matched, answered),) = journal.read(queries.MATCHES_OF_ACCOUNT, (provider, account))
    return matched / answered if answered else None


def later(journal: Journal, run: RunEntry) -> str:
    """Return the last run on the same input after this one: only that keeps its records."""
    moment = run.started_at.isoformat(timespec="milliseconds")
    found = journal.read(queries.LATER_RUN, (*_of_others(journal, run), moment))
    return str(found[0][0]) if found and run.input != "-" else ""


def earlier(journal: Journal, run: RunEntry) -> str:
    """Return the run on the same input that ended before this one began; "" where there is none."""
    moment = run.started_at.isoformat(timespec="milliseconds")
    found = journal.read(queries.EARLIER_RUN, (*_of_others(journal, run), moment))
    return str(found[0][0]) if found and run.input != "-" else ""


def so_far(journal: Journal, run: RunEntry) -> tuple[dict[str, int], list[LaneCount]]:
    """Count what a run that has not ended, or not in good order, has come to.

    What another run has collected since is counted there, as in a run that has ended.

    Returns:
        Status → records, and what each provider did, as far as it is written down.
    """
    outcomes = dict.fromkeys((word.value for word in Status), 0)
    outcomes |= journal.read(queries.STATUSES, (run.id,))
    outcomes["pending"] += max(0, run.records - sum(outcomes.values()))
    lanes: dict[str, LaneCount] = {}
    for provider, matched, count in journal.read(queries.LOOKED_UP_IN_RUN, (run.id,)):
        lane = lanes.setdefault(provider, LaneCount(provider))
        lane.asked += count
        lane.count(Outcome.MATCHED if matched else Outcome.MISSED, count)
    over = run.over_by.isoformat(timespec="milliseconds") if run.over_by else FOR_EVER
    erased = [
        (provider, word, count, 0)
        for provider, outcomes_ in run.summary.get(ERASED, {}).items()
        for word, count in outcomes_.items()
    ]
    there = journal.read(queries.OUTCOMES_OF_RUN, (run.id, over))
    for provider, word, count, stored in (*there, *erased):
        lane = lanes.setdefault(provider, LaneCount(provider, requests=None))
        lane.credits += from_millionths(stored)
        lost = word == Outcome.SENT and run.state != "running"
        outcome = Outcome.UNCONFIRMED if lost else Outcome(word)
        if outcome in _OPEN:
            continue  # it has not come to an end
        lane.count(outcome, count)
        if outcome is not Outcome.DECLINED:
            lane.asked += count
            lane.calls += count
    for provider, count in journal.read(queries.REUSED_IN_RUN, (run.id, run.id)):
        lanes.setdefault(provider, LaneCount(provider, requests=None)).reused += count
    chosen = run.summary.get("waterfall", ())
    names = dict.fromkeys((*chosen, *lanes))  # in order; nothing is written yet of some
    return outcomes, [lanes.get(name) or LaneCount(name, requests=None) for name in names]


def is_alive(journal: Journal, run_id: str) -> bool:
    """Tell whether a run's process still works on it, whatever the journal says of the run."""
    return journal.alive.sees(run_id)


def entered_as(journal: Journal, run: RunEntry) -> str:
    """Return a run's input as the journal has it: the run may be on another machine."""
    return f"{run.who}:{run.input}" if run.who else owned(journal.store, run.input)


def _row(journal: Journal, run: RunEntry) -> tuple[Any, ...]:
    input_ = entered_as(journal, run)
    output = "-" if run.output == "-" else input_.removesuffix(run.input) + run.output
    return (
        run.id,
        run.started_at.isoformat(timespec="milliseconds"),
        run.finished_at.isoformat(timespec="milliseconds") if run.finished_at else None,
        run.state,
        run.stopped_by,
        run.exit_status,
        input_,
        output,
        json.dumps(run.command),
        run.pid,
        run.records,
        run.people,
        json.dumps(run.summary),
    )


def _run(journal: Journal, row: tuple[Any, ...]) -> RunEntry:
    who, input_ = owner_of(journal.store, row[6])
    run = RunEntry(
        id=row[0],
        started_at=datetime.fromisoformat(row[1]),
        finished_at=datetime.fromisoformat(row[2]) if row[2] else None,
        state=row[3],
        stopped_by=row[4],
        exit_status=row[5],
        input=input_,
        output=row[7] if row[7] == "-" else owner_of(journal.store, row[7])[1],
        command=tuple(json.loads(row[8])),
        pid=row[9],
        records=row[10],
        people=row[11],
        summary=json.loads(row[12]),
        who=who,
    )
    if run.state == "running" and not is_alive(journal, run.id):
        run.state, run.stopped_by = "stopped", "interrupted"
    return run
