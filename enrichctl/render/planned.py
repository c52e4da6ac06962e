"""The plan as a person reads it before a run."""

import shlex
from collections.abc import Mapping, Sequence

from rich.table import Table
from rich.text import Text

from enrichctl.model import NOTHING, Credits, LanePlan, Plan, Spread
from enrichctl.render.listing import amount, count, credit, fit, flow, table
from enrichctl.render.screen import Screen, clean
from enrichctl.wanted_fields import PROVENANCE

LABEL = 9  # columns of a word before what it is about, with the blanks behind it


def show_mapping(screen: Screen, mapping: Mapping[str, str], header: Sequence[str]) -> None:
    """Show which column is taken for which field, and which for none.

    Args:
        screen: Where to.
        mapping: Field → its column.
        header: All columns.
    """
    room = screen.width - LABEL
    taken = (clean(c) if _same(c, f) else f"{clean(c)} → {f}" for f, c in mapping.items())
    taken_columns = {*mapping.values(), *PROVENANCE}
    rest = [clean(column) for column in header if column and column not in taken_columns]
    _say(screen, "columns", flow(taken, room))
    if rest:
        label, how = "not recognised", f"--map FIELD={shlex.quote(rest[0])} says what it holds"
        listed = fit(rest, screen.width - len(label) - 2)
        line = Text(f"{label}  ", style="dim").append(listed, style="not dim")
        fits = line.cell_len + len(how) + 3 <= screen.width
        screen.say(line.append(f"{' ' if fits else chr(10)}({how})", style="dim"))


def show_plan(screen: Screen, plan: Plan) -> None:
    """Show how many records there are, who is asked about how many, and what it may cost."""
    facts = [f"{plan.records:,}", count(plan.people, "person", "people")]
    for number, word in (
        (plan.complete, "complete already"),
        (plan.suppressed, "suppressed"),
        (plan.unidentified, "with not enough data"),
        (plan.unconfirmed, "unconfirmed"),
        (plan.review, "to review"),
    ):
        if number:
            facts.append(f"{number:,} {word}")
    _say(screen, "records", flow(facts, screen.width - LABEL))
    if plan.lanes:
        screen.say("")
        screen.say(_lanes(plan.lanes))
    if plan.namesakes:
        rows = "row shares" if plan.namesakes == 1 else "rows share"
        screen.warn(
            f"{plan.namesakes:,} {rows} an e-mail, phone or profile with another row that names"
            " somebody else; not treated as one person"
        )
    if plan.doubled:
        screen.warn(f"up to {credit(plan.doubled)} of this was possibly charged before")
    for lane in plan.lanes:
        for account, people in lane.former.most_common():
            screen.warn(
                f"{lane.name}: this account is new, and the account {account} has answers about"
                f" {count(people, 'person', 'people')} to ask about; if it is the same, with a new"
                f' key, say account = "{account}" under [providers.{lane.name}]'
            )
        if lane.writes and lane.ask:
            screen.say(Text(f"{lane.name} {lane.writes}", style="yellow"))


def _lanes(lanes: Sequence[LanePlan]) -> Table:
    """Return people to ask and credits at each provider; what is no bound is marked with ~."""
    spread = ("least", "expected", "most")
    budgets = any(lane.budget is not None for lane in lanes)
    made = table("\nprovider", "\nreused")
    made.columns[1].justify = "right"
    for group in ("to ask:", "credits:"):
        for name in spread:
            made.add_column(f"{group if name == 'least' else ''}\n{name}", justify="right")
    if budgets:
        made.add_column("\nbudget", justify="right")
    for lane in lanes:
        made.add_row(
            lane.name,
            f"{lane.reused:,}",
            *_spread(lane.calls),
            *_spread(lane.credits, style="bold"),
            amount(lane.budget) if budgets else None,
        )
    if len(lanes) > 1:
        sums = [sum((getattr(x.credits, name) for x in lanes), NOTHING) for name in spread]
        made.add_row("", "", "", "", "", *_spread(Spread(*sums), style="bold"))
    return made


def _spread(values: Spread, style: str = "") -> tuple[str, str, Text]:
    """Return bounds and an expectation for reading."""
    least, expected, most = values.least, values.expected, values.most
    about = "" if expected == least == most else "~"
    return amount(least), f"{about}{amount(_rounded(expected))}", Text(amount(most), style=style)


def _rounded(value: Credits) -> Credits:
    return Credits(round(value)) if value >= 10 else value  # noqa: PLR2004 - no false precision


def _say(screen: Screen, label: str, text: str) -> None:
    """Say something behind a dim word, all its lines in line."""
    if text:
        line = Text(f"{label:<{LABEL}}", style="dim")
        indented = text.replace("\n", "\n" + " " * LABEL)
        screen.say(line.append(indented, style="not dim"))


def _same(column: str, field: str) -> bool:
    """Tell whether a column is called like its field, so that no arrow need say it."""
    return "".join(filter(str.isalnum, column)).casefold() == field.replace("_", "")
