"""``enrichctl status``: runs, one run, one record explained."""

import shlex
import time
from collections import Counter
from datetime import UTC, datetime
from itertools import islice
from typing import TYPE_CHECKING, Annotated, Any

import typer

from enrichctl.cli import context
from enrichctl.errors import UsageError
from enrichctl.model import NOTHING, Credits, Outcome, Status

if TYPE_CHECKING:
    from enrichctl.cli.documents import Document
    from enrichctl.journal import Journal
    from enrichctl.journal.history import RecordRow, Run

LOOK = 1.0  # seconds between looks at a run of another process
OPEN = (Outcome.SENT, Outcome.SUBMITTED)

pause = time.sleep


def status(
    run: Annotated[
        str, typer.Argument(metavar="[RUN]", help="last, a run's id, or the beginning of one.")
    ] = "",
    row: Annotated[
        int | None,
        typer.Option(min=1, metavar="N", help="Explain one record, by its row in the input."),
    ] = None,
    records: Annotated[
        str, typer.Option(metavar="STATUS", help="List records: failed, no_match, pending, …")
    ] = "",
    watch: Annotated[bool, typer.Option("--watch", help="Follow a run until it ends.")] = False,
    json_: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
    json_schema: Annotated[
        bool, typer.Option("--json-schema", help="Print the JSON Schema of that document.")
    ] = False,
) -> int:
    """Show what became of runs, one run, or one record.

    Without a RUN the latest runs are listed; --row, --records and --watch take the last run.

    \b
      enrichctl status                          recent runs
      enrichctl status last                     one run, and the command to go on
      enrichctl status last --row 12            what each provider was told and answered
      enrichctl status last --records failed    which records, and why
      enrichctl status --watch                  follow a run of another terminal
    """  # noqa: D301 - the backspace tells Typer to leave the block as it is
    words = [word.value for word in Status]
    if records and records not in words:
        raise UsageError(f"no record ends as {records!r}", next=f"one of {', '.join(words)}")
    if row is not None and records:
        raise UsageError("--row and --records answer different questions", next="leave one out")
    one = bool(run or row is not None or records or watch)
    if json_schema:
        _document(one, row, records).show_schema()
        return 0
    with context.journal() as journal:
        if not one:
            _show_runs(journal, json_=json_)
            return 0
        found = _find(journal, run or "last")
        if watch:
            found = _follow(journal, found)
        if row is not None:
            _show_record(journal, found, row, json_=json_)
        elif records:
            _show_records(journal, found, records, json_=json_)
        else:
            _show_run(journal, found, json_=json_)
    return 0


def _document(one: bool, row: int | None, records: str) -> "type[Document]":
    from enrichctl.cli import documents  # noqa: PLC0415 - pydantic is slow to import

    if row is not None:
        return documents.RecordDocument
    if records:
        return documents.RecordsDocument
    return documents.RunDocument if one else documents.RunsDocument


def _show_runs(journal: "Journal", *, json_: bool) -> None:
    from enrichctl.journal import history  # noqa: PLC0415 - not for help and completion

    runs = [_facts(journal, run) for run in history.runs(journal)]
    if json_:
        _document(one=False, row=None, records="").model_validate({"runs": runs}).show()
    elif not runs:
        context.screen().note("no runs yet; enrichctl enrich FILE makes the first")
    else:
        from enrichctl.render.history import show_runs  # noqa: PLC0415 - draws

        show_runs(context.screen(), runs)


def _show_run(journal: "Journal", run: "Run", *, json_: bool) -> None:
    facts = _facts(journal, run)
    if json_:
        _document(one=True, row=None, records="").model_validate({"run": facts}).show()
        return
    from enrichctl.render.history import show_run  # noqa: PLC0415 - draws

    show_run(context.screen(), facts)


def _show_record(journal: "Journal", run: "Run", row: int, *, json_: bool) -> None:
    from enrichctl.journal import history  # noqa: PLC0415 - not for help and completion

    record = history.record(journal, run.id, row)
    if record is None:
        raise UsageError(f"nothing is kept on row {row} of run {run.id}", next=_where(journal, run))
    facts = _explained(journal, record)
    if json_:
        _document(one=True, row=row, records="").model_validate(facts).show()
        return
    from enrichctl.render.history import show_record  # noqa: PLC0415 - draws

    show_record(context.screen(), facts)


def _show_records(journal: "Journal", run: "Run", word: str, *, json_: bool) -> None:
    from enrichctl.journal import history  # noqa: PLC0415 - not for help and completion

    rows = [
        {"row": r.row, "line": r.line, "status": r.status, "note": r.note or None}
        for r in history.records(journal, run.id, word)
    ]
    if json_:
        _document(one=True, row=None, records=word).model_validate({"records": rows}).show()
        return
    from enrichctl.render.history import LISTED, show_records  # noqa: PLC0415 - draws

    if rows:
        show_records(context.screen(), islice(rows, LISTED), len(rows))
    else:
        context.screen().note(f"no {word} records are kept of run {run.id}")


def _find(journal: "Journal", name: str) -> "Run":
    """Return a run by what was typed.

    Raises:
        UsageError: There is none.
    """
    from enrichctl.journal import history  # noqa: PLC0415 - not for help and completion

    found = history.run(journal, name)
    if found is None and name == "last":
        raise UsageError("there are no runs yet", next="enrichctl enrich FILE makes the first")
    if found is None:
        raise UsageError(f"no run is called {name!r}", next="enrichctl status lists them")
    return found


def _where(journal: "Journal", run: "Run") -> str:
    """Say where the explanation of a record may be instead: only the newest run keeps it."""
    later = journal.read(
        "SELECT id FROM runs WHERE input=? AND id<>? AND started_at>=?"
        " ORDER BY started_at DESC, rowid DESC LIMIT 1",
        (run.input, run.id, run.started_at.isoformat(timespec="milliseconds")),
    )
    if later and run.input != "-":
        return f"a later run on the same input explains it: enrichctl status {later[0][0]}"
    return "rows are counted from 1, the header not counted; what was forgotten is not kept"


def _follow(journal: "Journal", run: "Run") -> "Run":
    """Tell how a run comes on until it has ended; return it as it is then."""
    from rich.live import Live  # noqa: PLC0415 - draws

    from enrichctl.render.history import progress  # noqa: PLC0415 - draws

    screen = context.screen()
    told = ""
    with Live(console=screen.console(), transient=True, auto_refresh=False) as live:
        while run.state == "running":
            line = progress(_facts(journal, run))
            if line != told and screen.live:
                live.update(line, refresh=True)
            elif line != told:
                screen.note(line)
            told = line
            pause(LOOK)
            run = _find(journal, run.id)
    return run


def _facts(journal: "Journal", run: "Run") -> dict[str, Any]:
    """Return a run as plain values, shaped like its document."""
    summary = run.summary or _so_far(journal, run)
    lanes = [lane | {"credits": Credits(lane["credits"])} for lane in summary["providers"]]
    errors = [error | {"next": error["next"] or None} for error in summary["errors"]]
    return {
        "id": run.id,
        "started_at": run.started_at,
        "finished_at": run.finished_at,
        "state": run.state,
        "stopped_by": run.stopped_by,
        "exit_status": run.exit_status,
        "input": run.input,
        "output": run.output,
        "records": run.records,
        "people": run.people,
        "outcomes": summary["outcomes"],
        "providers": lanes,
        "fields": summary["fields"],
        "errors": errors,
        "resume": _resume(run, summary["outcomes"]),
    }


def _resume(run: "Run", outcomes: dict[str, int]) -> str | None:
    left = run.state == "stopped" or (
        run.state == "done" and (outcomes.get("pending") or outcomes.get("unconfirmed"))
    )
    return shlex.join(run.command) if left else None


def _so_far(journal: "Journal", run: "Run") -> dict[str, Any]:
    """Count what a run that has not ended, or not in good order, has come to."""
    through = dict(
        journal.read("SELECT status, COUNT(*) FROM records WHERE run=? GROUP BY status", (run.id,))
    )
    outcomes = {word.value: through.get(word.value, 0) for word in Status}
    outcomes["pending"] += max(0, run.records - sum(outcomes.values()))
    asked: dict[str, Counter[str]] = {}
    for provider, outcome, count, stored in journal.read(
        "SELECT provider, outcome, COUNT(*), SUM(credits) FROM attempts WHERE run=?"
        " GROUP BY provider, outcome ORDER BY MIN(id)",
        (run.id,),
    ):
        lane = asked.setdefault(provider, Counter())
        lane["asked"] += count
        lane["stored"] += stored
        in_doubt = outcome in OPEN and run.state != "running"
        lane[Outcome.UNCONFIRMED.value if in_doubt else outcome] += count
    return {
        "outcomes": outcomes,
        "providers": [_lane(name, lane) for name, lane in asked.items()],
        "fields": [],
        "errors": [],
    }


def _lane(name: str, counts: Counter[str]) -> dict[str, Any]:
    from enrichctl.journal.money import from_millionths  # noqa: PLC0415 - not for help

    answered = counts["matched"] + counts["missed"]
    return {
        "name": name,
        **{
            word: counts[word]
            for word in ("asked", "matched", "missed", "declined", "failed", "unconfirmed")
        },
        "calls": counts["asked"],  # at least: the journal counts questions, not requests
        "reused": 0,
        "credits": str(from_millionths(counts["stored"])),
        "match_rate": round(counts["matched"] / answered, 4) if answered else None,
    }


def _explained(journal: "Journal", record: "RecordRow") -> dict[str, Any]:
    """Return one record as plain values, shaped like its document."""
    held = record.values.items()
    values = {name: value | {"at": _moment(value["at"])} for name, value in held}
    return {
        "row": record.row,
        "line": record.line,
        "status": record.status,
        "note": record.note or None,
        "values": values,
        "attempts": [_tried(journal, tried) for tried in record.tried],
    }


def _tried(journal: "Journal", tried: dict[str, Any]) -> dict[str, Any]:
    """Join what a record says of an attempt with what the journal says of it."""
    number = tried.get("attempt")
    attempt = journal.attempt(number) if number is not None else None
    return {
        "provider": tried["provider"],
        "outcome": attempt.outcome.value if attempt else tried["outcome"],
        "told": list(attempt.told if attempt else tried.get("told", ())),
        "wanted": list(attempt.wants if attempt else tried.get("wanted", ())),
        "answer": attempt.answer if attempt else tried.get("answer"),
        "accepted": tried["accepted"],
        "reason": tried["reason"] or _why(tried),
        "credits": attempt.credits if attempt else NOTHING if number is None else None,
        "at": attempt.at if attempt else None,
        "request_id": (attempt.request_id or None) if attempt else None,
    }


def _why(tried: dict[str, Any]) -> str | None:
    if tried["outcome"] != Outcome.MATCHED.value:
        return None
    if tried["accepted"]:
        return "it answered what was missing, or was a surer answer"
    return "it gave nothing that was missing and sure enough"


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text).astimezone(UTC) if text else None
