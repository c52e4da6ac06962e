"""The plan as a person reads it before a run."""

from rich.table import Table
from rich.text import Text

from enrichctl.model import Credits, Plan
from enrichctl.render.screen import Screen, clean


def number(value: Credits | int) -> str:
    """Return a number for reading: 12,345.5."""
    return f"{value:,}" if isinstance(value, int) else f"{value.normalize():,f}"


def show_mapping(screen: Screen, plan: Plan) -> None:
    """Show which column is taken for which field."""
    pairs = ", ".join(
        f"{clean(column)} → {field}" if column != field else field
        for field, column in plan.mapping.items()
    )
    screen.note(f"columns  {pairs}")


def show_plan(screen: Screen, plan: Plan) -> None:
    """Show how many records there are, who is asked about how many, and what it may cost."""
    facts = [f"{number(plan.records)} records", f"{number(plan.people)} people"]
    for count, word in (
        (plan.complete, "complete already"),
        (plan.suppressed, "suppressed"),
        (plan.unidentified, "nobody can identify"),
        (plan.unconfirmed, "unconfirmed"),
    ):
        if count:
            facts.append(f"{number(count)} {word}")
    screen.say(", ".join(facts))
    if not plan.lanes:
        return
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    table.add_column("provider")
    for name in ("to ask", "answered before", "credits: least", "expected", "most"):
        table.add_column(name, justify="right")
    table.add_column("")
    for lane in plan.lanes:
        budget = f"budget {number(lane.budget)}" if lane.budget is not None else ""
        table.add_row(
            lane.name,
            number(lane.ask),
            number(lane.reused),
            number(lane.credits.least),
            f"~{number(lane.credits.expected)}",
            Text(number(lane.credits.most), style="bold"),
            Text(budget, style="dim"),
        )
    screen.say(table)
    if plan.namesakes:
        rows = "row shares" if plan.namesakes == 1 else "rows share"
        screen.warn(
            f"{number(plan.namesakes)} {rows} an e-mail or profile with another row that names"
            " somebody else; not taken for one person"
        )
    if plan.doubled:
        screen.warn(f"up to {number(plan.doubled)} credits of this may have been paid before")
    for lane in plan.lanes:
        if lane.writes and lane.ask:
            screen.say(f"{lane.name} {lane.writes}", style="yellow")
