"""A run as a person reads it when it is over."""

from collections.abc import Mapping
from typing import Any

from rich.table import Table
from rich.text import Text

from enrichctl.render.screen import Screen, clean

BAR = 20  # cells of a fill-rate bar
WORDS = {
    "enriched": "green", "complete": "", "no_match": "", "skipped": "dim",
    "failed": "red", "unconfirmed": "yellow", "pending": "yellow",
}  # fmt: skip


def show_summary(screen: Screen, summary: Mapping[str, Any], records: int) -> None:
    """Show outcomes, fill rates before and after, providers, and errors by cause."""
    outcomes = summary["outcomes"]
    line = Text()
    for word, style in WORDS.items():
        if outcomes.get(word):
            line.append(f"{', ' if line else ''}{outcomes[word]} {word}", style=style)
    screen.say(line or Text("no records"))
    _show_fields(screen, summary["fields"], records)
    _show_lanes(screen, summary["providers"])
    for error in summary["errors"]:
        screen.warn(f"{error['count']}x {error['cause']}")
        if error["next"]:
            screen.say(f"    next: {clean(error['next'])}")


def _show_fields(screen: Screen, fields: Any, records: int) -> None:
    shown = [f for f in fields if f["filled_after"] or f["filled_before"]]
    if not shown or not records:
        return
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), show_header=False)
    for field in shown:
        before, after = field["filled_before"] / records, field["filled_after"] / records
        full, more = round(before * BAR), round(after * BAR)
        bar = Text("█" * full, style="dim")
        bar.append("█" * max(0, more - full), style="green")
        bar.append("·" * (BAR - max(full, more)), style="dim")
        table.add_row(field["name"], bar, f"{before:4.0%} → {after:4.0%}")
    screen.say(table)


def _show_lanes(screen: Screen, lanes: Any) -> None:
    asked = [lane for lane in lanes if lane["asked"] or lane["reused"] or lane["declined"]]
    if not asked:
        return
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    table.add_column("provider")
    for name in ("asked", "matched", "missed", "failed", "unconfirmed", "reused", "credits"):
        table.add_column(name, justify="right")
    for lane in asked:
        table.add_row(
            lane["name"],
            *(str(lane[k]) for k in ("asked", "matched", "missed", "failed", "unconfirmed")),
            str(lane["reused"]),
            lane["credits"],
        )
    screen.say(table)
