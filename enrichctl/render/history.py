"""Runs, one run, and one record, as ``status`` shows them."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

from rich.text import Text

from enrichctl.model import counted
from enrichctl.render.ended import (
    WORDS,
    background,
    errors,
    going_on,
    input_of,
    is_remote,
    is_uncounted,
    outcomes,
    parts,
    records,
    spent_on_input,
    state,
    unwritten,
    waiting,
    worked,
)
from enrichctl.render.fitted import Column, Grid
from enrichctl.render.listing import (
    NONE,
    Facts,
    amount,
    credit,
    length,
    moment,
    pairs,
    show,
    width,
)
from enrichctl.render.screen import Screen, clean

LISTED = 50  # records that a list shows on a screen
ANSWER = 400  # characters of an answer; --json has all of it


def show_runs(screen: Screen, runs: Sequence[Facts]) -> None:
    """Show runs, newest first, two lines each."""
    made = Grid(
        Column("run"),
        Column("input", wraps=True, rank=2),
        *(Column(name, number=True) for name in ("records", "matches", "credits")),
        Column("took", number=True, rank=1),
    )
    for run in runs:
        lanes = run["providers"]
        note = Text(f"{moment(run['started_at'])} UTC  ", style="dim")
        note.append_text(state(run)).append(unwritten(run)).append("  ")
        note.append_text(outcomes(run))
        if run["who"]:
            note.append(f"  by {clean(run['who'])}", style="dim")
        made.add(
            run["id"],
            clean(input_of(run)),
            NONE if is_uncounted(run) else records(run),
            f"{_sum(lanes, 'matched'):,}" if any(map(is_remote, lanes)) else NONE,
            _spent(lanes),
            _took(run) or NONE,
            note=note,
        )
    show(screen, made)
    for run in _newest_of_jobs(runs):
        for words in (*waiting(run), spent_on_input(run)):
            if words:
                rehearsed = " (sandbox)" if run["sandbox"] else ""
                show(screen, Text(f"{clean(input_of(run))}{rehearsed}: {words}"))


def _newest_of_jobs(runs: Sequence[Facts]) -> list[Facts]:
    """Return the newest run of each input, rehearsals apart."""
    found: dict[tuple[str | None, str, bool], Facts] = {}
    for run in runs:
        found.setdefault((run["who"], run["input"], run["sandbox"]), run)
    return list(found.values())


def show_run(screen: Screen, run: Facts) -> None:
    """Show all that is known of one run, ending with the command to go on."""
    head = Text("run ", style="bold").append(run["id"]).append("  ").append_text(state(run))
    if run["exit_status"] is not None:
        head.append(f", exit status {run['exit_status']}", style="dim")
    show(screen, head)
    people = f" ({run['people']:,} people)" if run["people"] else ""
    took = f", {took}" if (took := _took(run)) else ""
    facts = pairs(
        (
            ("started", f"{run['started_at']:%Y-%m-%d %H:%M:%S} UTC{took}"),
            ("input", run["input"]),
            ("output", f"{run['output']}{unwritten(run)}"),
            ("records", f"{records(run)}{people}"),
            *background(run),
        )
    )
    show(screen, *(Text(line, style="green") for line in waiting(run)))
    show(screen, facts, "", outcomes(run), *parts(run, width(screen)))
    if run["errors"]:
        show(screen, "", *errors(run["errors"]))
    if run["resume"]:
        show(screen, "", *going_on(run))


def show_record(screen: Screen, record: Facts, place: str) -> None:
    """Explain one record: its values, and each provider's part in it.

    Args:
        screen: Where to.
        record: Shaped like its document.
        place: Where it stands in its input, in words.
    """
    head = Text(f"row {record['row']:,}", style="bold")
    head.append(f" ({clean(place)}): ", style="not bold")
    head.append(record["status"], style=WORDS.get(record["status"], ""))
    show(screen, head)
    if record["note"]:
        show(screen, f"  {clean(record['note'])}")
    if tested := record["tested"]:
        blank = f"  a benchmark: asked as if nothing were known of {', '.join(map(clean, tested))};"
        show(screen, f"{blank} nothing was filled")
    if values := {name: one for name, one in record["values"].items() if name not in tested}:
        show(screen, "", _values(values))
    for attempt in record["attempts"]:
        show(screen, "", *_attempt(attempt, is_test=bool(tested)))


def show_records(screen: Screen, records: Iterable[Facts], total: int) -> None:
    """List records with why they ended as they did."""
    numbers = (Column(name, number=True) for name in ("row", "line"))
    listed = Grid(*numbers, Column("status"), Column("note", wraps=True))
    for record in records:
        style = WORDS.get(record["status"], "")
        listed.add(
            f"{record['row']:,}",
            f"{record['line']:,}",
            Text(record["status"], style=style),
            clean(record["note"] or ""),
        )
    show(screen, listed)
    if total > LISTED:
        screen.note(f"and {total - LISTED:,} more; --json lists all")


def progress(run: Facts) -> str:
    """Return how far a run has come, on one line."""
    lanes = run["providers"]
    through = sum(n for word, n in run["outcomes"].items() if word != "pending")
    done = counted(through, "record")
    if run["records"]:
        done = f"{through:,} of {counted(run['records'], 'record')}"
    return (
        f"{run['id']}  {done}, {_sum(lanes, 'asked'):,} asked,"
        f" {_sum(lanes, 'matched'):,} matched, {_spent(lanes)} credits"
    )


def _sum(lanes: Sequence[Facts], name: str) -> int:
    """Return a count of what was asked beyond this machine."""
    return sum(lane[name] for lane in lanes if lane["calls"])


def _spent(lanes: Sequence[Facts]) -> str:
    return amount(sum(lane["credits"] for lane in lanes))


def _took(run: Facts) -> str:
    """Return how long a run took, or takes so far; "" of one that was killed."""
    if run["finished_at"]:
        return length(worked(run))
    return length(datetime.now(UTC) - run["started_at"]) if run["state"] == "running" else ""


def _values(values: Mapping[str, Facts]) -> Grid:
    """Return a record's values and where they came from."""
    made = Grid(Column("field"), Column("value", wraps=True), Column("from", wraps=True))
    for name, value in values.items():
        made.add(clean(name), _change(value), Text(_origin(value), style="dim"))
    return made


def _change(value: Facts) -> Text:
    before, after = clean(value["before"] or ""), clean(value["after"] or "")
    if before == after:
        return Text(before)
    shown = Text()
    if before:
        shown.append(f"{before} → ", style="dim")
    return shown.append(after, style="green")


def _origin(value: Facts) -> str:
    if not value["provider"]:
        return clean(f"{value['earlier']}, in an earlier run") if value["earlier"] else ""
    parts = [value["provider"] + (f" ({value['source']})" if value["source"] else "")]
    if value["confidence"] is not None:
        parts.append(f"confidence {value['confidence']:g}")
    return clean(", ".join(parts))


def _before(asked: Facts | None) -> str:
    """Say what was paid for whom the row's address was asked about under another name."""
    if asked is None:
        return ""
    return (
        f"asked about by the same address and another name, {credit(asked['credits'])},"
        f" {moment(asked['at'])} UTC: not used, as it may be about somebody else"
    )


def _attempt(attempt: Facts, *, is_test: bool) -> Iterable[Text | Grid]:
    head = Text(attempt["provider"], style="bold").append(f" {attempt['outcome']}", "not bold")
    if attempt["at"]:
        head.append(f", {credit(attempt['credits'] or 0)}", "not bold")
        head.append(f", {moment(attempt['at'])} UTC", "not bold dim")
    yield head
    answer = attempt["answer"]
    text = "" if answer is None else json.dumps(answer, ensure_ascii=False)
    left: dict[str, list[str]] = {}
    for name, why in attempt.get("left", {}).items():
        left.setdefault(why, []).append(name)
    gave = "; ".join(f"{name}: {text}" for name, text in attempt.get("gave", {}).items())
    yield pairs(
        (
            ("sent" if attempt["at"] else "known", ", ".join(attempt["told"])),
            ("requested", ", ".join(attempt["wanted"])),
            ("answered", text if len(text) <= ANSWER else text[:ANSWER] + " … (--json has all)"),
            ("gave", gave or ", ".join(attempt["accepted"]) or "nothing that is tested")
            if is_test
            else ("used", ", ".join(attempt["accepted"]) or "nothing"),
            ("not used", "\n".join(f"{why}: {', '.join(names)}" for why, names in left.items())),
            ("why", "" if left else attempt["reason"] or ""),
            ("before", _before(attempt["other_name"])),
            ("request id", attempt["request_id"] or ""),
        )
    )
