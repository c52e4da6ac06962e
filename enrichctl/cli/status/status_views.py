"""What ``status`` answers: runs, one run, one record explained."""

import sys
import time
from collections.abc import Sequence
from itertools import islice, pairwise
from typing import TYPE_CHECKING, Any

from enrichctl.cli import context
from enrichctl.cli.run_names import find_run, latest_runs
from enrichctl.cli.run_values import explained, facts, note_of, suppressed
from enrichctl.errors import UsageError, did_you_mean
from enrichctl.journal import Journal, history
from enrichctl.model import UNDONE, Status, counted

if TYPE_CHECKING:
    from enrichctl.cli.json_document import Document
    from enrichctl.cli.status.command import StatusOptions

PREVIOUS = "previous"  # what --diff without a run is
LOOK = 1.0  # seconds between looks at a run of another process

pause = time.sleep


def show_status(options: "StatusOptions") -> int:
    """Show what was asked for.

    Raises:
        UsageError: The options do not go together, or there is nothing of that name.
    """
    _check(options)
    row, records, html = options.row, options.records, options.html
    one = bool(options.run or row is not None or records or options.watch or html or options.diff)
    if options.json_schema:
        _document(options, one=one).show_schema()
        return 0
    with context.journals_to_read() as journals:
        if not one:
            _show_runs(journals, json_=options.json_)
            return 0
        journal, found = find_run(journals, options.run or "last")
        if options.watch:
            found = _follow(journal, found)
        if row is not None:
            _show_record(journal, found, row, json_=options.json_)
        elif records:
            _show_records(journal, found, records, json_=options.json_)
        elif options.diff:
            _show_changes(journal, found, options)
        elif html:
            from enrichctl.cli.status.page import write_page  # noqa: PLC0415 - draws

            write_page(journal, found, html, sample=not options.no_sample, force=options.force)
        else:
            _show_run(journal, found, json_=options.json_)
    return 0


def _check(options: "StatusOptions") -> None:
    """Refuse options that do not go together, or mean nothing.

    Raises:
        UsageError: Some do not.
    """
    records, html = options.records, options.html
    words = [*(word.value for word in Status), *UNDONE]
    if records and records not in words:
        raise UsageError(
            f"no record ends as {records!r}{did_you_mean(records, words)}",
            next=f"one of {', '.join(words)}",
        )
    asked = {
        "--row": options.row is not None,
        "--records": records,
        "--html": html,
        "--diff": options.diff,
    }
    _refuse_together([name for name, typed in asked.items() if typed], json_=options.json_)
    if (options.no_sample or options.force) and not html:
        raise UsageError("--no-sample and --force are about a page", next="add --html FILE")
    if options.csv and (not options.diff or options.json_):
        raise UsageError("--csv is a form of --diff", next="add --diff, without --json")


def _refuse_together(asked: list[str], *, json_: bool) -> None:
    """Refuse options that answer different questions."""
    asked += ["--json"] if json_ and "--html" in asked else []
    if len(asked) > 1:
        raise UsageError(f"{' and '.join(asked)} do not go together", next="leave one out")


def _document(options: "StatusOptions", *, one: bool) -> "type[Document]":
    """Return the document that options ask for."""
    from enrichctl.cli.status import documents  # noqa: PLC0415 - pydantic is slow to import

    if options.diff:
        return documents.ChangesDocument
    if options.row is not None:
        return documents.RecordDocument
    if options.records:
        return documents.RecordsDocument
    return documents.RunDocument if one else documents.RunsDocument


def _show_runs(journals: Sequence[Journal], *, json_: bool) -> None:
    runs = [facts(journal, run) for journal, run in latest_runs(journals)]
    if json_:
        from enrichctl.cli.status.documents import RunsDocument  # noqa: PLC0415 - pydantic is slow

        RunsDocument.show({"runs": [*map(_for_scripts, runs)]})
    elif not runs:
        context.screen().note("no runs yet; enrichctl enrich FILE makes the first")
    else:
        from enrichctl.render.history import show_runs  # noqa: PLC0415 - draws

        show_runs(context.screen(), runs)


def _show_run(journal: Journal, run: history.RunEntry, *, json_: bool) -> None:
    said = facts(journal, run) | {"suppressed": suppressed(journal, run)}
    if json_:
        from enrichctl.cli.status.documents import RunDocument  # noqa: PLC0415 - pydantic is slow

        RunDocument.show({"run": _for_scripts(said)})
        return
    from enrichctl.render.history import show_run  # noqa: PLC0415 - draws

    show_run(context.screen(), said)


def _for_scripts(said: dict[str, Any]) -> dict[str, Any]:
    """Return a run without a command that a person has to agree to.

    It takes a larger budget, or asks about more than the pilot that the run was.
    """
    return said | {"resume": None} if said["raises"] or said["piloted"] else said


def _show_record(journal: Journal, run: history.RunEntry, row: int, *, json_: bool) -> None:
    from enrichctl.cli.status.records import one_record  # noqa: PLC0415 - not for a run as a whole

    record = one_record(journal, run, row)
    if record is None:
        raise UsageError(_unknown_row(run, row), next=_where(journal, run))
    said = explained(journal, run, record)
    if json_:
        from enrichctl.cli.status.documents import RecordDocument  # noqa: PLC0415 - pydantic is slow

        RecordDocument.show(said)
        return
    from enrichctl.render.history import show_record  # noqa: PLC0415 - draws

    show_record(context.screen(), said, _place_of(run, record.line))


def _place_of(run: history.RunEntry, line: int) -> str:
    """Say where a record stands in the input of a run: a table has an order, and no lines."""
    from enrichctl.files.databases import table_at  # noqa: PLC0415 - as above

    if table_at(run.input) is None:
        return f"line {line:,} of the file"
    typed = [part for word in run.command for part in word.split("=", word.startswith("--key="))]
    key = next((after for word, after in pairwise(typed) if word == "--key"), "its key")
    return f"of the table by {key}"


def _show_records(journal: Journal, run: history.RunEntry, word: str, *, json_: bool) -> None:
    from enrichctl.cli.status.records import records_with  # noqa: PLC0415 - as above

    rows = [
        {"row": r.row, "line": r.line, "status": r.status, "note": note_of(run, r) or None}
        for r in records_with(journal, run, word)
    ]
    if json_:
        from enrichctl.cli.status.documents import RecordsDocument  # noqa: PLC0415 - pydantic is slow

        RecordsDocument.show({"sandbox": run.sandbox, "records": rows})
        return
    from enrichctl.render.history import LISTED, show_records  # noqa: PLC0415 - draws

    if rows:
        show_records(context.screen(), islice(rows, LISTED), len(rows))
    else:
        context.screen().note(f"run {run.id} has no record that is {word}")


def _show_changes(journal: Journal, run: history.RunEntry, options: "StatusOptions") -> None:
    """Show what a run has changed since the run before it.

    Raises:
        UsageError: It is asked to be compared with another run.
    """
    from enrichctl.journal.changes import changes_of  # noqa: PLC0415 - rare

    changes = changes_of(journal, run.id)
    former = changes[0].former if changes else history.earlier(journal, run)
    asked = options.diff
    if asked != PREVIOUS and not former.startswith(asked):
        raise UsageError(
            f"run {run.id} was compared with {former or 'no other run'}, not with {asked!r}",
            next="--diff compares with the run before on the same input; older ones are not kept",
        )
    if options.csv:
        from enrichctl.render.changes import write_changes  # noqa: PLC0415 - the same

        write_changes(changes, sys.stdout)
    elif options.json_:
        values = {"sandbox": run.sandbox, "run": run.id, "former": former or None}
        plain = [{n: v if v != "" else None for n, v in c._asdict().items()} for c in changes]
        from enrichctl.cli.status.documents import ChangesDocument  # noqa: PLC0415 - pydantic is slow

        ChangesDocument.show(values | {"changes": plain})
    elif changes:
        from enrichctl.render.changes import show_changes  # noqa: PLC0415 - draws

        context.screen().note(f"run {run.id}, compared with run {former}:")
        show_changes(context.screen(), changes)
    else:
        context.screen().note(_unchanged(journal, run, former))
    pending = run.summary.get("outcomes", {}).get("pending", 0)
    if former and pending and not (options.csv or options.json_):
        verb = "was" if pending == 1 else "were"
        context.screen().note(f"{counted(pending, 'record')} {verb} not asked about yet")


def _unchanged(journal: Journal, run: history.RunEntry, former: str) -> str:
    """Say why there is nothing to show of what a run changed."""
    if name := history.later(journal, run):
        return f"what run {run.id} changed is kept no longer: enrichctl status {name} --diff"
    if not former:
        return f"run {run.id} is the first on its input that is kept: there is none to compare with"
    if "recipe" in run.summary:
        return f"run {run.id} asked nobody beyond this machine: of such runs no records are kept"
    return f"nothing that is kept has changed in run {run.id} since run {former}"


def _unknown_row(run: history.RunEntry, row: int) -> str:
    """Say why there is nothing to tell of a row."""
    if run.records and row > run.records:
        return f"there is no row {row:,}: the input of run {run.id} has {run.records:,}"
    return f"nothing is kept on row {row:,} of run {run.id}"


def _where(journal: Journal, run: history.RunEntry) -> str:
    """Say where the explanation of a record may be instead."""
    if name := history.later(journal, run):
        return f"a later run on the same input explains it: enrichctl status {name}"
    if run.state == "stopped" and not run.finished_at:
        return "it was killed before it wrote that down: run the same command again"
    return "rows are counted from 1, the header not counted; what was forgotten is not kept"


def _follow(journal: Journal, run: history.RunEntry) -> history.RunEntry:
    """Show how far a run is until it has ended; return it as it is then."""
    from rich.live import Live  # noqa: PLC0415 - draws

    from enrichctl.render.history import progress  # noqa: PLC0415 - draws

    screen = context.screen()
    told = ""
    with Live(console=screen.console(), transient=True, auto_refresh=False) as live:
        while run.state == "running":
            line = progress(facts(journal, run))
            if line != told and screen.live:
                live.update(line, refresh=True)
            elif line != told:
                screen.note(line)
            told = line
            pause(LOOK)
            _, run = find_run([journal], run.id)
    return run
