"""Runs, one run, and one record, as ``status`` shows them."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from rich.cells import cell_len, set_cell_size
from rich.table import Table
from rich.text import Text

from enrichctl.render.ended import BAR, WORDS
from enrichctl.render.listing import amount, inset, length, moment, pairs, share, show, table, width
from enrichctl.render.screen import Screen, clean

LISTED = 50  # records that a list shows on a screen
ANSWER = 400  # characters of an answer; --json has all of it

Facts = Mapping[str, Any]


def show_runs(screen: Screen, runs: Sequence[Facts]) -> None:
    """Show runs, newest first, two lines each."""
    lines = [["run", "input", "records", "matches", "credits", "took"]]
    for run in runs:
        lanes = run["providers"]
        lines.append(
            [
                run["id"],
                _name(run["input"]),
                f"{run['records']:,}",
                f"{sum(lane['matched'] for lane in lanes):,}",
                _spent(lanes),
                _took(run),
            ]
        )
    room = width(screen)
    widths = [max(cell_len(line[n]) for line in lines) for n in range(len(lines[0]))]
    widths[1] = max(8, min(widths[1], room - sum(widths) + widths[1] - 2 * (len(widths) - 1)))
    for number, line in enumerate(lines):
        cells = [
            set_cell_size(text, room) if n < 2 else text.rjust(room)  # noqa: PLR2004 - names, then numbers
            for n, (text, room) in enumerate(zip(line, widths, strict=True))
        ]
        show(screen, Text("  ".join(cells), style="" if number else "dim", no_wrap=True))
        if number:
            run = runs[number - 1]
            second = Text(f"{moment(run['started_at'])} UTC  ", style="dim")
            second.append_text(_state(run))
            second.append("  ").append_text(_outcomes(run["outcomes"]))
            show(screen, inset(second, 2))


def show_run(screen: Screen, run: Facts) -> None:
    """Show all that is known of one run, ending with the command to go on."""
    head = Text("run ", style="bold").append(run["id"]).append("  ").append_text(_state(run))
    if run["exit_status"] is not None:
        head.append(f", exit status {run['exit_status']}", style="dim")
    show(screen, head)
    people = f" ({run['people']:,} people)" if run["people"] else ""
    facts = pairs(
        (
            ("started", f"{run['started_at']:%Y-%m-%d %H:%M:%S} UTC, {_took(run)}"),
            ("input", run["input"]),
            ("output", run["output"]),
            ("records", f"{run['records']:,}{people}"),
        )
    )
    show(screen, facts, "", _outcomes(run["outcomes"]))
    for part in (_lanes(run["providers"]), _fields(run["fields"], run["records"])):
        if part is not None:
            show(screen, "", part)
    for error in run["errors"]:
        show(
            screen, "", Text(f"{error['count']:,} records: {clean(error['cause'])}", style="yellow")
        )
        if error["next"]:
            show(screen, inset(Text(f"next: {clean(error['next'])}"), 4))
    if run["resume"]:
        show(screen, "", f"go on: {clean(run['resume'])}")


def show_record(screen: Screen, record: Facts) -> None:
    """Explain one record: its values, and each provider's part in it."""
    head = Text(f"row {record['row']:,}", style="bold")
    head.append(f" (line {record['line']:,} of the file): ", style="not bold")
    head.append(record["status"], style=WORDS.get(record["status"], ""))
    show(screen, head)
    if record["note"]:
        show(screen, f"  {clean(record['note'])}")
    values = table("field", "value", "from", fold=("value", "from"))
    for name, value in record["values"].items():
        values.add_row(clean(name), _change(value), Text(_origin(value), style="dim"))
    if record["values"]:
        show(screen, "", values)
    for attempt in record["attempts"]:
        show(screen, "", *_attempt(attempt))


def show_records(screen: Screen, records: Iterable[Facts], total: int) -> None:
    """List records with why they ended as they did."""
    listed = table("row", "line", "status", "note", right=("row", "line"), fold=("note",))
    for record in records:
        style = WORDS.get(record["status"], "")
        listed.add_row(
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
    of = f" of {run['records']:,}" if run["records"] else ""
    return (
        f"{run['id']}  {through:,}{of} records, {sum(lane['asked'] for lane in lanes):,} asked,"
        f" {sum(lane['matched'] for lane in lanes):,} matched, {_spent(lanes)} credits"
    )


def _name(path: str) -> str:
    return "stdin" if path == "-" else clean(path.replace("\\", "/").rpartition("/")[2])


def _spent(lanes: Sequence[Facts]) -> str:
    return amount(sum(lane["credits"] for lane in lanes))


def _took(run: Facts) -> str:
    if run["finished_at"]:
        return length(run["finished_at"] - run["started_at"])
    return length(datetime.now(UTC) - run["started_at"]) if run["state"] == "running" else "-"


def _state(run: Facts) -> Text:
    if run["state"] == "stopped":
        return Text(f"stopped ({(run['stopped_by'] or '?').replace('_', ' ')})", style="yellow")
    return Text(run["state"], style="green" if run["state"] == "running" else "")


def _outcomes(outcomes: Mapping[str, int]) -> Text:
    parts = [
        Text(f"{outcomes[word]:,} {word}", style=style)
        for word, style in WORDS.items()
        if outcomes.get(word)
    ]
    return Text(", ").join(parts) if parts else Text("no records")


def _lanes(lanes: Sequence[Facts]) -> Table | None:
    lanes = [lane for lane in lanes if lane["asked"] or lane["reused"] or lane["declined"]]
    if not lanes:
        return None
    counts = ("asked", "matched", "missed", "declined", "failed", "unconfirmed", "reused")
    shown = [c for c in counts if c in counts[:3] or any(lane[c] for lane in lanes)]
    numbers = (*shown, "match rate", "calls", "credits")
    made = table("provider", *numbers, right=numbers)
    for lane in lanes:
        made.add_row(
            lane["name"],
            *(f"{lane[name]:,}" for name in shown),
            share(lane["match_rate"]),
            f"{lane['calls']:,}",
            amount(lane["credits"]),
        )
    return made


def _fields(fields: Sequence[Facts], records: int) -> Table | None:
    filled = [field for field in fields if field["filled_before"] or field["filled_after"]]
    if not filled or not records:
        return None
    made = table("field", "filled", "before", "after", right=("before", "after"))
    for field in filled:
        before, after = field["filled_before"] / records, field["filled_after"] / records
        full, more = round(before * BAR), round(after * BAR)
        bar = Text("█" * full, style="dim")
        bar.append("█" * max(0, more - full), style="green")
        bar.append("·" * (BAR - max(full, more)), style="dim")
        made.add_row(clean(field["name"]), bar, share(before), share(after))
    return made


def _change(value: Facts) -> Text:
    before, after = clean(value["before"] or ""), clean(value["after"] or "")
    if before == after:
        return Text(before, style="dim")
    shown = Text(f"{before} → " if before else "", style="dim")
    return shown.append(after, style="not dim green")


def _origin(value: Facts) -> str:
    if not value["provider"]:
        return ""
    parts = [value["provider"] + (f" ({value['source']})" if value["source"] else "")]
    if value["confidence"] is not None:
        parts.append(f"confidence {value['confidence']:g}")
    return clean(", ".join(parts))


def _attempt(attempt: Facts) -> Iterable[Text | Table]:
    head = Text(attempt["provider"], style="bold").append(f" {attempt['outcome']}", "not bold")
    if attempt["at"]:
        cost = attempt["credits"]
        head.append(f", {amount(cost)} credit{'' if cost == 1 else 's'}", "not bold")
        head.append(f", {moment(attempt['at'])} UTC", "not bold dim")
    yield head
    answer = attempt["answer"]
    text = "" if answer is None else json.dumps(answer, ensure_ascii=False)
    yield pairs(
        (
            ("told", ", ".join(attempt["told"])),
            ("wanted", ", ".join(attempt["wanted"])),
            ("answered", text if len(text) <= ANSWER else text[:ANSWER] + " … (--json has all)"),
            ("accepted", ", ".join(attempt["accepted"]) or "nothing"),
            ("why", attempt["reason"] or ""),
            ("request id", attempt["request_id"] or ""),
        )
    )
