"""The plan as a person reads it before a run."""

import shlex
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from rich.text import Text

from enrichctl.journal.record_rows import RecordRow
from enrichctl.model import NOTHING, Credits, counted
from enrichctl.plan import LanePlan, Plan, Spread
from enrichctl.reasons import reasons_in_words
from enrichctl.render.fitted import Column, Grid, Hanging, Whole
from enrichctl.render.listing import amount, credit, fit, flow, moment, pairs
from enrichctl.render.screen import Screen, clean
from enrichctl.wanted_fields import PROVENANCE

if TYPE_CHECKING:
    from rich.console import RenderableType

    from enrichctl.transport.paper import Unsent

LABEL = 9  # columns of a word before what it is about, with the blanks behind it
SPREAD = ("least", "expected", "most")
ROWS = 3  # that a message names
IF_MISTYPED = (
    "Where the name is mistyped now, correct it first: what was paid for is then used again"
)
SHORT = 50  # characters of a value
EXACT = 10  # credits; an expectation of that much needs no decimals, unless others have some


def show_mapping(
    screen: Screen,
    mapping: Mapping[str, str],
    header: Sequence[str],
    also: Collection[int],
) -> None:
    """Show which column is taken for which field, and which for none.

    ``also`` are the places of columns that are read where a field's own column is blank.
    """
    room = screen.width - LABEL
    taken = (clean(c) if _same(c, f) else f"{clean(c)} → {f}" for f, c in mapping.items())
    taken_columns = {*mapping.values(), *PROVENANCE}
    rest = [
        clean(column)
        for place, column in enumerate(header)
        if column and column not in taken_columns and place not in also
    ]
    _say(screen, "columns", flow(taken, room))
    if rest:
        label, how = "not recognised", f"--map FIELD={shlex.quote(rest[0])} says what it holds"
        listed = fit(rest, screen.width - len(label) - 2)
        line = Text(f"{label}  ", style="dim").append(listed, style="not dim")
        fits = line.cell_len + len(how) + 3 <= screen.width
        screen.say(line.append(f"{' ' if fits else chr(10)}({how})", style="dim"))


def show_plan(screen: Screen, plan: Plan) -> None:
    """Show how many records there are, who is asked about how many, and what it may cost."""
    facts = [f"{plan.records:,}", counted(plan.people, "person", "people")]
    for number, word in (
        (plan.complete, "complete already"),
        (plan.suppressed, "suppressed"),
        (plan.left_out, "left out by --where"),
        (plan.unidentified, "with not enough data"),
        (plan.unconfirmed, "unconfirmed"),
        (plan.review, "to review"),
    ):
        if number:
            facts.append(f"{number:,} {word}")
    _say(screen, "records", flow(facts, screen.width - LABEL))
    if plan.lanes:
        screen.say("")
        for part in _lanes(plan.lanes, screen):
            screen.say(part)
    if plan.since and (reused := sum(lane.reused for lane in plan.lanes)):
        of = f"of the unfinished run of {moment(plan.since)} UTC"
        screen.say(f"{counted(reused, f'answer {of} is', f'answers {of} are')} used again")
    if plan.address_conflicts:
        rows = counted(plan.address_conflicts, "row shares", "rows share")
        screen.warn(
            f"{rows} an e-mail, phone or profile with another row that"
            " names somebody else; not treated as one person"
        )
    if plan.two_companies:
        rows = counted(plan.two_companies, "row has", "rows have")
        screen.warn(f"{rows} a domain and a website of two companies; only the domain is sent")
    if plan.doubled:
        screen.warn(f"up to {credit(plan.doubled)} of this was possibly charged before")
    for lane in plan.lanes:
        _say_of_lane(screen, lane)


def _say_of_lane(screen: Screen, lane: LanePlan) -> None:
    """Say what there is to know of one provider before a run, apart from numbers."""
    for account, people in lane.former.most_common():
        screen.warn(
            f"{lane.name}: this account is new, and the account {account} has answers about"
            f" {counted(people, 'person', 'people')} to ask about; if it is the same, with a new"
            f' key, say account = "{account}" under [providers.{lane.name}]'
        )
    if lane.room and lane.room.left < lane.room.limit:
        left, limit, period = lane.room
        of = f"the budget of {credit(limit)} a {period}"
        screen.say(f"{lane.name}: {amount(left)} left of {of}")
    if lane.asked_before:
        put = counted(lane.asked_before, "question was", "questions were")
        screen.say(f"{lane.name}: {put} put before: the answers are collected, and nothing is paid")
    if lane.renamed:
        first = [f"{row:,}" for row in lane.renamed_rows[:ROWS]] + ["…"] * (lane.renamed > ROWS)
        who = counted(lane.renamed, "person", "people")
        word = "row" if lane.renamed == 1 else "rows"
        screen.warn(
            f"{lane.name}: {who} to ask about ({word} {', '.join(first)}) had another name when"
            " the same address was asked about before; what was answered then is not used for them."
            f" {IF_MISTYPED}"
        )
    if lane.verify:
        addresses = counted(lane.verify, "address", "addresses")
        if lane.verify_known == lane.verify:
            screen.say(f"{lane.name} verifies {addresses}")
        else:
            known = f"{lane.verify_known:,} known now, the others as they are found"
            screen.say(f"{lane.name} verifies up to {addresses}: {known}")
    if lane.may_share:
        calls = counted(lane.may_share, "call")
        screen.say(
            f"{lane.name}: most may be {calls} too high, as rows of one person may share an answer"
        )
    for reason in reasons_in_words(lane.not_asked.most_common()):
        screen.say(reason)
    if lane.writes and lane.ask:
        screen.say(Text(f"{lane.name} {lane.writes}", style="yellow"))


def show_filled(screen: Screen, records: Sequence[RecordRow]) -> None:
    """Show what was filled in some rows, and from whom, before more is asked."""
    screen.tell("\nthe first answers:" if records else "\nthe first answers fill nothing")
    for record in records:
        filled = (
            f"{name} {_short(str(value['after']))} ({value['provider']})"
            for name, value in record.values.items()
            if value["provider"]
        )
        head = f"row {record.row:,}".ljust(LABEL)
        screen.tell(Hanging(head, flow(filled, screen.width - len(head))))


def _short(text: str) -> str:
    """Return a value on one line, or its beginning."""
    line = " ".join(clean(text).split())
    return line if len(line) <= SHORT else f"{line[: SHORT - 1]}…"


def show_request(screen: Screen, name: str, request: "Unsent", *, together: int) -> None:
    """Show a request that is not sent, as it would be sent, but without its key.

    ``together`` is how many records one such request may hold; this one holds one.
    """
    more = f", for one record of up to {together:,} in each" if together > 1 else ""
    screen.say(Text(f"\nfirst request to {name}, not sent{more}:", style="dim"))
    headers = [f"{header}: {value}" for header, value in request.headers.items()]
    for line in (f"{request.method} {request.url}", *headers, request.body):
        if line:
            screen.say(Whole(f"  {clean(line)}"))


def _lanes(lanes: Sequence[LanePlan], screen: Screen) -> "Iterator[RenderableType]":
    """Yield a table of all providers where it fits, else a block of lines for each."""
    figures = _figures(lanes)
    made = _table(lanes, figures)
    if made.fits(screen.width):
        yield made
        return
    for lane, (reused, *spreads, budget) in zip(lanes, figures, strict=False):
        yield Text(lane.name)
        yield pairs(
            (
                ("reused", reused),
                ("to ask", _flowed(spreads[:3], screen.width)),
                ("credits", _flowed(spreads[3:], screen.width)),
                ("budget", "" if lane.room is None else budget),
            )
        )
    if len(lanes) > 1:
        yield Text("together")
        yield pairs([("credits", _flowed(figures[-1][4:7], screen.width))])


def _flowed(figures: Sequence[str], width: int) -> str:
    """Return bounds and an expectation as lines that break between them."""
    parts = (f"{figure} {word}" for figure, word in zip(figures, SPREAD, strict=True))
    return flow(parts, width - LABEL - 2)


def _figures(lanes: Sequence[LanePlan]) -> list[tuple[str, ...]]:
    """Return the figures of each provider, and those of all together if there are several.

    People reused, to ask (least, expected, most), credits (least, expected, most), and what is left
    of the budget.
    """
    whole = not any(e < EXACT and e % 1 for e in (lane.credits.expected for lane in lanes))
    rows: list[tuple[str, ...]] = [
        (
            f"{lane.reused:,}",
            *_spread(lane.calls, whole=whole),
            *_spread(lane.credits, whole=whole),
            amount(lane.room.left if lane.room else None),
        )
        for lane in lanes
    ]
    if len(lanes) > 1:
        rows.append(("", "", "", "", *_spread(_total(lanes), whole=whole), ""))
    return rows


def _table(lanes: Sequence[LanePlan], figures: Sequence[Sequence[str]]) -> Grid:
    """Return people to ask and credits at each provider; what is no bound is marked with ~."""
    shown = 8 if any(lane.room is not None for lane in lanes) else 7
    groups = [
        Column(f"{group if name == 'least' else ''}\n{name}", number=True)
        for group in ("to ask:", "credits:")
        for name in SPREAD
    ]
    columns = (Column("reused", number=True), *groups, Column("budget", number=True))
    made = Grid(Column("provider"), *columns[:shown])
    names = [*(Text(lane.name) for lane in lanes), Text("together", style="dim")]
    for name, row in zip(names, figures, strict=False):
        cells: list[str | Text] = [*row]
        cells[6] = Text(row[6], style="bold")
        made.add(name, *cells[:shown])
    return made


def _total(lanes: Sequence[LanePlan]) -> Spread:
    """Return the credits of all providers."""
    least, expected, most = (
        sum((getattr(lane.credits, name) for lane in lanes), NOTHING) for name in SPREAD
    )
    return Spread(least, expected, most)


def _spread(values: Spread, *, whole: bool) -> tuple[str, str, str]:
    """Return bounds and an expectation for reading, the latter in whole numbers where asked for."""
    least, expected, most = values.least, values.expected, values.most
    about = "" if expected == least == most else "~"
    likely = Credits(round(expected)) if whole else expected
    return amount(least), f"{about}{amount(likely)}", amount(most)


def _say(screen: Screen, label: str, text: str) -> None:
    """Say something behind a dim word, all its lines in line."""
    if text:
        line = Text(f"{label:<{LABEL}}", style="dim")
        indented = text.replace("\n", "\n" + " " * LABEL)
        screen.say(line.append(indented, style="not dim"))


def _same(column: str, field: str) -> bool:
    """Tell whether a column is called like its field, so that no arrow need say it."""
    return "".join(filter(str.isalnum, column)).casefold() == field.replace("_", "")
