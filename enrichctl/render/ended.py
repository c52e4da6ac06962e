"""A run as a person reads it when it is over: at the end of ``enrich``, and in ``status RUN``."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from rich.text import Text

from enrichctl.journal.history import BENCHMARK
from enrichctl.model import counted
from enrichctl.reasons import reasons_in_words
from enrichctl.render.fitted import Column, Command, Grid, Hanging, advice
from enrichctl.render.listing import (
    UNKNOWN,
    Facts,
    amount,
    credit,
    file_name,
    fit,
    length,
    moment,
    percent,
)
from enrichctl.render.screen import Screen, clean

if TYPE_CHECKING:
    from rich.console import RenderableType

BAR = 20  # cells of a fill-rate bar
FEWEST = 6  # cells, or there is no bar: the figures need the room
BEFORE, GAINED, EMPTY = "▒", "█", "·"  # told apart without colour as well
WORDS = {
    "enriched": "green", "complete": "", "no_match": "", "skipped": "dim",
    "review": "yellow", "failed": "red", "unconfirmed": "yellow", "pending": "yellow",
}  # fmt: skip
FIGURES = ("before", "after")
RANK = {"requests": 3, "missed": 2, "declined": 1, "reused": 1}  # the higher, the sooner it goes
KILLED = "how long it took, what it sent and what it wrote down last are not known"
DECLINED = "not asked: nothing to do, too little known, or perhaps about somebody else"
COUNTS = ("asked", "matched", "missed", "declined", "failed", "unconfirmed", "reused")


def show_summary(screen: Screen, run: Facts, target: str) -> None:
    """Show at the end of ``enrich`` how it ended, where the file is and how to go on.

    Args:
        screen: Where to; a quiet one is told only what needs a person.
        run: Shaped like its document.
        target: The output as the user calls it, "" for stdout.
    """
    needed = screen.tell if run["exit_status"] else screen.say
    head = Text(f"{'' if screen.quiet else chr(10)}{counted(run['records'], 'record')}")
    if run["finished_at"]:
        head.append(f" in {length(worked(run))}")
    if run["state"] == "stopped":
        head.append(", ").append_text(state(run))
    needed(head.append(": ").append_text(outcomes(run)) if run["records"] else head)
    for words in waiting(run):
        screen.tell(words, style="green")
    for part in parts(run, screen.width):
        screen.say(part)
    if run["errors"]:
        screen.say("")
    for line in errors(run["errors"]):
        screen.tell(line)
    if target or run["resume"]:
        screen.say("")
    if target:
        screen.say(f"wrote {clean(target)}")
    for part in going_on(run):
        needed(part)


def worked(run: Facts) -> timedelta:
    """Return for how long a run that has ended was at work, without waiting for an answer."""
    lasted: timedelta = run["finished_at"] - run["started_at"]
    return lasted - timedelta(seconds=run["waited"])


def show_left(screen: Screen, run: Facts) -> None:
    """Show what a run has not done, why, and how to go on; a quiet screen is told as well."""
    if run["errors"] or run["resume"]:
        screen.say("")
    if run["exit_status"] and not run["errors"]:
        screen.tell(state(run))
    for line in errors(run["errors"]):
        screen.tell(line)
    for part in going_on(run):
        screen.tell(part)


def parts(run: Facts, room: int) -> Iterator["RenderableType"]:
    """Yield what each provider did and what came of it, with blank lines between."""
    lanes, records = taking_part(run), run["records"]
    if lanes:
        yield Text("")
        yield _lanes(lanes)
    if any(lane["declined"] for lane in lanes):
        yield Text(f"declined: {DECLINED}", style="dim")
    yield from map(Text, of_other_runs(lanes))
    for words in doubt(lanes):
        yield Text(words, style="yellow")
    if made := _fields(run["fields"], records, room):
        yield Text("")
        yield made
        bars = _cells(run["fields"], room) > 0
        legend = f"{BEFORE} filled before, {GAINED} by this run, " if bars else ""
        yield Text(f"{legend}of all rows", style="dim")
    if reasons := list(not_asked(run)):
        yield Text("")
    for reason in reasons:
        yield Text(clean(reason))
    same = [f for f in run["fields"] if f["filled_after"] <= f["filled_before"]]
    if same and records:
        rates = [f"{clean(f['name'])} {percent(f['filled_after'] / records)}" for f in same]
        yield Text("no gain  " + fit(rates, room - 9), style="dim")


def taking_part(run: Facts) -> list[Facts]:
    """Return the providers to show: those that had a part, and all of a run that was killed."""
    lanes: list[Facts] = run["providers"]
    if run["finished_at"] is None:
        return lanes
    return [lane for lane in lanes if lane["asked"] or is_remote(lane)]


def counts_shown(lanes: Sequence[Facts]) -> list[str]:
    """Return the counts to show: the first ones always, the others where there is any."""
    return [name for name in COUNTS if name in COUNTS[:3] or any(lane[name] for lane in lanes)]


def of_other_runs(lanes: Sequence[Facts]) -> Iterator[str]:
    """Yield why what was spent at providers is not the price of their matches.

    What was asked is booked to the run that asked, and counted in the one that had the answer.
    """
    for lane in lanes:
        name = clean(lane["name"])
        if count := lane.get("earlier"):  # no such key in what an earlier version kept
            was = "was" if count == 1 else "were"
            put = f"{count:,} of the questions to {name} {was} put"
            yield f"{put} by an earlier run, which bears the cost"
        if count := lane.get("late"):
            came = counted(count, f"answer of {name}", f"answers of {name}")
            yield f"{came} came after this run: spent here, counted where collected"


def doubt(lanes: Sequence[Facts]) -> Iterator[str]:
    """Yield what may have been paid for without an answer."""
    if count := sum(lane["unconfirmed"] for lane in lanes):
        yield f"{count:,} unconfirmed: possibly charged, counted in full"


def not_asked(run: Facts) -> Iterator[str]:
    """Yield why providers were not asked about records."""
    # no such key in what an earlier version kept
    return reasons_in_words((one["reason"], one["count"]) for one in run.get("not_asked", ()))


def background(run: Facts) -> Iterator[tuple[str, str]]:
    """Yield what else there is to know of a run, by name."""
    if run["state"] == "stopped" and not run["finished_at"]:
        yield "killed", KILLED
    if run["waited"] >= 1:
        yield "waited", f"{length(timedelta(seconds=run['waited']))} for an answer, not counted"
    if run["who"]:
        yield "by", clean(run["who"])
    if run["suppressed"]["records"]:
        yield "suppressed", _suppressed(**run["suppressed"])
    if words := spent_on_input(run):
        yield "job", words
    if count := run["erased"]:
        answers = counted(count, "answer", "answers")
        yield "erased", f"{answers}, by journal forget or prune: asking again costs again"


def input_of(run: Facts) -> str:
    """Return what the input of a run is called for short, and whether it was a benchmark of it."""
    what = BENCHMARK if run["input"].startswith(BENCHMARK) else ""
    return what + file_name(run["input"].removeprefix(what))


def unwritten(run: Facts) -> str:
    """Return what is said behind the name of an output that did not take its place."""
    return "" if run["written"] else " (not written)"


def spent_on_input(run: Facts) -> str:
    """Say what all runs on the input cost; "" where this is the only one."""
    job = run["job"]
    if job["runs"] < 2:  # noqa: PLR2004 - one is this
        return ""
    money = amount(job["credits"])
    spent = f"{money} made-up credits" if run["sandbox"] else f"{credit(job['credits'])} spent"
    said = f"{job['runs']:,} runs since {moment(job['since'])} UTC, {spent}"
    return said + (f", {amount(job['set_aside'])} set aside" if job["set_aside"] else "")


def _suppressed(records: int, attempts: int) -> str:
    """Say how many records were held back, and that it can be proven."""
    told = counted(attempts, "attempt tells", "attempts tell") if attempts else "no attempt tells"
    return f"{records:,}, never sent: {told} anything of them"


def going_on(run: Facts) -> Iterator["RenderableType"]:
    """Yield the command to go on, and whether something has to be done before; none if all is done.

    What was piped is gone: the command alone would wait for it, or take the keyboard's.
    """
    if not run["resume"]:
        return
    label = "then go on" if run["needs_you"] else "go on"
    if run["piloted"]:
        label = "for the rest"
        yield Text("the pilot is complete")
    again = ", with the same input again" if is_piped(run) else ""
    yield Command(f"{label}{again}: ", clean(run["resume"]))


def is_piped(run: Facts) -> bool:
    """Tell whether a run read what is read once only: stdin, or a shell's ``<(…)``."""
    return bool((run["input"].removeprefix(BENCHMARK) + "/").startswith(("-/", "/dev/")))


def waiting(run: Facts) -> Iterator[str]:
    """Yield what money is set aside for and has not come: it is the next run's for nothing more.

    A run that goes on collects it itself.
    """
    if not (count_ := run["waiting"]):
        return
    answers = counted(count_, "answer is", "answers are")
    if run["state"] == "running":
        yield f"{answers} on the way: this run collects them"
    else:
        its = "its" if count_ == 1 else "their"
        yield f"{answers} waiting, {its} cost set aside: run again, free"


def errors(found: Sequence[Facts]) -> Iterator[Hanging]:
    """Yield errors by cause, each with what to do about it."""
    for error in found:
        of = f"{counted(error['count'], 'record')}: " if error["count"] else ""  # or of none yet
        yield Hanging(of, clean(error["cause"]), style="yellow")
        if error["next"]:
            yield advice(clean(error["next"]))


def stopped(run: Facts) -> str:
    """Return that a run was stopped, and by what."""
    return f"stopped ({(run['stopped_by'] or UNKNOWN).replace('_', ' ')})"


def state(run: Facts) -> Text:
    """Return whether a run goes on, and what stopped it if it was not done."""
    if run["state"] == "stopped":
        said = Text(stopped(run), style="yellow")
    else:
        said = Text(run["state"], style="green" if run["state"] == "running" else "")
    return Text("sandbox, ", style="cyan").append_text(said) if run["sandbox"] else said


def records(run: Facts) -> str:
    """Return how many records a run has, as far as they were counted."""
    return "not counted" if is_uncounted(run) else f"{run['records']:,}"


def is_uncounted(run: Facts) -> bool:
    """Tell whether nobody has counted a run's records: none were planned, and it has not ended."""
    return not run["records"] and run["finished_at"] is None


def outcomes(run: Facts) -> Text:
    """Return how many records ended how."""
    counts = run["outcomes"]
    shown = [
        Text(f"{counts[word]:,} {word}", style=style)
        for word, style in WORDS.items()
        if counts.get(word)
    ]
    if shown:
        return Text(", ").join(shown)
    return Text("nothing is written down yet" if is_uncounted(run) else "no records")


def is_remote(lane: Facts) -> bool:
    """Tell whether a provider had a part in a run that only one beyond this machine can have."""
    return any(lane.get(name) for name in ("calls", "reused", "declined", "set_aside", "late"))


def requests(lane: Facts) -> str:
    """Return how many requests a provider was sent, as far as that is known."""
    return "-" if lane.get("requests") is None else f"{lane['requests']:,}"


def _lanes(lanes: Sequence[Facts]) -> Grid:
    shown = counts_shown(lanes)
    aside = any(lane["set_aside"] for lane in lanes)
    beyond = [lane for lane in lanes if is_remote(lane)]
    sent = ["requests"] if any(lane.get("requests") is not None for lane in beyond) else []
    parts = [*sent, "spent"] if beyond else []
    numbers = (*shown, "of answered", *parts, *["set aside"] * aside)
    made = Grid(Column("provider"), *(Column(n, number=True, rank=RANK.get(n, 0)) for n in numbers))
    for lane in lanes:
        bought: list[str | Text] = [requests(lane)] if sent else []
        bought.append(Text(amount(lane["credits"]), style="bold"))
        made.add(
            lane["name"],
            *(f"{lane[name]:,}" for name in shown),
            percent(lane["match_rate"]),
            *bought[: len(parts)],
            *[amount(lane["set_aside"])] * aside,
        )
    if sum(map(is_remote, lanes)) > 1:
        sums = [sum(Decimal(lane[name]) for lane in lanes) for name in ("credits", "set_aside")]
        blank = [""] * (len(numbers) - aside - 1)
        made.add(
            Text("together", style="dim"),
            *blank,
            Text(amount(sums[0]), style="bold"),
            *[amount(sums[1])] * aside,
        )
    return made


def _fields(fields: Sequence[Facts], records: int, room: int) -> Grid | None:
    """Return fill rates before and after as bars, of the fields that gained."""
    gained = _gained(fields)
    if not gained or not records:
        return None
    cells = _cells(fields, room)
    bars = [Column("filled")] if cells else []
    figures = (Column(name, number=True) for name in FIGURES)
    made = Grid(Column("field"), *bars, *figures)
    for field in gained:
        before, after = field["filled_before"] / records, field["filled_after"] / records
        bar = [_bar(before, after, cells)] if bars else []
        made.add(clean(field["name"]), *bar, percent(before), percent(after))
    return made


def _gained(fields: Sequence[Facts]) -> list[Facts]:
    return [field for field in fields if field["filled_after"] > field["filled_before"]]


def _cells(fields: Sequence[Facts], room: int) -> int:
    """Return the cells of a bar; 0 where there is no room for one."""
    longest = max(len(field["name"]) for field in _gained(fields))
    cells = min(BAR, room - longest - len("".join(FIGURES)) - 6)  # two between two columns
    return cells if cells >= FEWEST else 0


def _bar(before: float, after: float, cells: int) -> Text:
    full = min(round(before * cells), cells - 1)
    filled = max(round(after * cells), full + 1)  # what gained shows it
    bar = Text().append(BEFORE * full).append(GAINED * (filled - full), style="green")
    return bar.append(EMPTY * (cells - filled), style="dim")
