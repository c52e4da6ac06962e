"""What must be settled before a run asks anybody: options that mean nothing, files, money."""

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from enrichctl.amounts import credits_in_words
from enrichctl.cli.enrich.options import EnrichOptions
from enrichctl.cli.enrich.request import path_of
from enrichctl.config import Settings
from enrichctl.errors import ConfirmationNeeded, UsageError, did_you_mean
from enrichctl.facts import countries
from enrichctl.files import Source, check_target, digest_of
from enrichctl.journal import Journal, outputs
from enrichctl.model import NOTHING, counted, credits_text
from enrichctl.provider import Provider, Remote
from enrichctl.registry import names
from enrichctl.render.screen import Screen
from enrichctl.wanted_fields import PROVENANCE, own_columns

MADE_UP = "=sandbox:"  # in a column of sources

if TYPE_CHECKING:
    from enrichctl.plan import Plan

IS_REAL = "holds what a real run found, and a rehearsal makes values up"


def check_values(
    options: EnrichOptions,
    settings: Settings,
    budgets: Iterable[str],
    providers: Iterable[Provider],
) -> None:
    """Refuse values that would be taken for something else, or for nothing.

    Raises:
        UsageError: A budget bounds nobody, two ages contradict each other, a region is no country,
            a confidence no number, columns are neither added nor left out.
    """
    _check_budgets(budgets, {one.name: isinstance(one, Remote) for one in providers}, settings)
    if options.fresh and options.max_age:
        raise UsageError("--fresh is --max-age 0, and another age is given", next="leave out one")
    if options.refresh and options.age:
        raise UsageError(
            "--refresh says how old answers may be, and another age is given", next="leave out one"
        )
    if options.random and options.limit is None:
        raise UsageError(
            "--random picks the records of a pilot, and only --limit makes one",
            next="say how many, as in --limit 20 --random",
        )
    if options.real_limits and not options.sandbox:
        raise UsageError(
            "--real-limits is for the sandbox: real providers always make you wait",
            next="add --sandbox, or leave it out",
        )
    if options.min_confidence is not None and math.isnan(options.min_confidence):
        raise UsageError("--min-confidence nan is no number", next="write one from 0 to 1")
    if options.provenance not in ("columns", "none"):
        raise UsageError(
            f"--provenance {options.provenance} is unknown", next="choose columns or none"
        )
    if options.default_region and countries.name(options.default_region) is None:
        raise UsageError(
            f"--default-region {options.default_region} is no country code",
            next="write it in two letters, as in --default-region DE",
        )


def check_is_real(source: Source) -> None:
    """Refuse to tell real providers what a rehearsal has made up: it may fit somebody.

    Raises:
        UsageError: A source of one of the first records is the sandbox.
    """
    own = own_columns(source.header).get(PROVENANCE[1])
    for row in source.sample():
        cell = row.cells[own] if own is not None and own < len(row.cells) else ""
        if MADE_UP in f"{cell};{row.earlier[0] if row.earlier else ''}":
            raise UsageError(
                f"{source.name}, record {row.number}: a rehearsal has made up values of it, and"
                " real providers would be asked about them",
                next="enrich the file that the rehearsal was about, or rehearse on with --sandbox",
            )


def _check_budgets(budgets: Iterable[str], asked: Mapping[str, bool], settings: Settings) -> None:
    """Refuse a budget that bounds nobody.

    ``asked`` says of each provider of the run whether asking it leaves this machine.
    """
    paid = [name for name, remote in asked.items() if remote]
    fix = f"name one that it asks: {', '.join(paid)}" if paid else "leave out --budget"
    for name in filter(None, budgets):
        if asked.get(name):
            continue
        if name in asked:
            raise UsageError(f"--budget bounds {name}, which costs nothing", next=fix)
        known = names(settings)
        if name not in known:
            near = did_you_mean(name, known)
            raise UsageError(f"--budget names {name!r}, which is no provider{near}", next=fix)
        raise UsageError(f"--budget bounds {name}, which this run does not ask", next=fix)


def may_replace(
    journal: Journal,
    places: Sequence[tuple[Source, Path | None]],
    columns: Mapping[str, int],
    screen: Screen,
    *,
    force: bool,
    rehearses: bool,
    entered: tuple[str, str],
) -> Collection[Path]:
    """Ask somebody, once, to agree that files are replaced that were edited or are not its own.

    A rehearsal's own are those of rehearsals, and of these nothing is of worth to a real run.

    Args:
        journal: Says what was written where.
        places: Each input with its output; None is stdout.
        columns: Field → its column in the input.
        screen: Where to ask.
        force: Whether it was agreed to on the command line.
        rehearses: Whether the run is a rehearsal.
        entered: By which input and output the journal knows the run.

    Returns:
        The files that may go, whatever they hold.

    Raises:
        OutputError: There can be no file.
        ConfirmationNeeded: Nobody agreed.
    """
    found: dict[Path, str] = {}
    made_up: set[Path] = set()
    for source, target in places:
        if target is None:
            continue
        check_target(target)
        if force or not target.is_file() or str(target).startswith("/dev/"):
            continue
        if (why := _not_its_own(journal, source, columns, target, entered)) or (
            why := _undone_sheets(source, target)
        ):
            found[target] = why
        elif _is_rehearsed(journal, target):
            made_up.update(() if rehearses else (target,))
        elif rehearses:
            found[target] = f"{called(target)} {IS_REAL}"
    may_all_go(screen, found, piped=any(one.name == "-" for one, _ in places))
    return found.keys() | made_up


def may_all_go(
    screen: Screen, found: Mapping[Path, str], *, piped: bool, instead: str = ""
) -> None:
    """Ask somebody, once, to agree that what files hold is lost.

    Args:
        screen: Where to ask.
        found: File → why it is asked about.
        piped: Whether stdin is the input.
        instead: See `may_go`.

    Raises:
        ConfirmationNeeded: Nobody agreed, or there is nobody.
    """
    if not found:
        return
    first, *others = found
    also = f"; so it is with {called(others[0])}" if others else ""
    also += f" and {counted(len(others) - 1, 'more file')}" if others[1:] else ""
    may_go(screen, found[first] + also, piped=piped, instead=instead)


def _not_its_own(
    journal: Journal,
    source: Source,
    columns: Mapping[str, int],
    target: Path,
    entered: tuple[str, str],
) -> str:
    """Say why a file is more than what a run on the input has put there; "" where it is not."""
    itself = is_input(source, target)
    stood = outputs.known_digests(journal, path_of(target))
    if not _has_put(journal, source, target, entered, is_known=bool(stood)):
        other = "is there already, and no run in this journal wrote it for this input"
        return f"{called(target)} {'is the input itself' if itself else other}"
    if itself:  # it is read, edits and all
        return ""
    if not stood or digest_of(target) in stood:
        return ""
    at = max(stood.values())
    what = f"{called(target)} was changed since enrichctl wrote it ({at:%Y-%m-%d %H:%M} UTC)"
    return what + _edits(source, columns, target)


def _has_put(
    journal: Journal, source: Source, target: Path, entered: tuple[str, str], *, is_known: bool
) -> bool:
    """Tell whether a run on an input has written an output, be it one of a folder or by itself.

    That a run on a folder has written to another says nothing of each file that stands there:
    those that it wrote are known.
    """
    if source.path is not None:
        own = path_of(source.path), path_of(target)
        if outputs.has_written(journal, *own):
            return True
        if own != entered and not is_known:
            return False
    return outputs.has_written(journal, *entered)


def _is_rehearsed(journal: Journal, target: Path) -> bool:
    """Tell whether what stands in an output is a rehearsal's, as it was or edited since."""
    path = path_of(target)
    made_up = outputs.rehearsed_digests(journal, path)
    real = outputs.known_digests(journal, path).keys() - made_up
    return bool(made_up) and not (real and digest_of(target) in real)


def _undone_sheets(source: Source, target: Path) -> str:
    """Say which enriched sheets of a workbook a run on another sheet would undo."""
    if source.format != "xlsx" or is_input(source, target):
        return ""
    from enrichctl.cli.enrich.other_sheets import undone_sheets  # noqa: PLC0415 - workbooks only

    return undone_sheets(source, target)


def is_input(source: Source, target: Path | None) -> bool:
    """Tell whether the output takes the place of its input, which is read, edits and all."""
    if target is None or source.path is None or not target.exists():
        return False
    return target.samefile(source.path)


def _edits(source: Source, columns: Mapping[str, int], target: Path) -> str:
    """Say what somebody has put into an output, as far as it can be told."""
    from enrichctl.cli.enrich.replaced import EarlierOutput, read_earlier  # noqa: PLC0415 - rare

    earlier = read_earlier(target)
    if earlier is None:
        return ""
    with earlier:
        found = EarlierOutput(earlier, source.header, columns, whole=True)
        edits = found.edits(source.rows())
    return f"; {edits.counted} put there by hand: {edits.where}" if edits else ""


def may_go(screen: Screen, what: str, *, piped: bool, instead: str = "") -> None:
    """Ask somebody to agree that what a file holds is lost.

    Args:
        screen: Where to ask.
        what: What would be lost, in words.
        piped: Whether stdin is the input.
        instead: What else there is to do, before the rest of it.

    Raises:
        ConfirmationNeeded: Nobody agreed, or there is nobody.
    """
    other = f"{instead}choose another with -o PATH, or replace it with --force"
    if not screen.asks or piped:
        raise ConfirmationNeeded(what, next=other)
    screen.warn(what)
    try:
        agreed = screen.ask("replace it?")
    except KeyboardInterrupt:
        agreed = False
    if not agreed:
        raise ConfirmationNeeded("not confirmed; the file is as it was", next=other)


def confirm(screen: Screen, plan: "Plan", *, piped: bool) -> None:
    """Ask somebody to agree to what may be spent, unless a budget bounds it.

    Nobody can answer where stdin is the input.

    Raises:
        ConfirmationNeeded: Nobody agreed.
    """
    lanes = [lane for lane in plan.lanes if lane.credits.most]
    most = sum((lane.credits.most for lane in lanes), NOTHING)
    if not most:
        return
    if screen.asks and not piped:
        from enrichctl.render.listing import amount, credit  # noqa: PLC0415 - draws with Rich

        for said in _writes(plan) if screen.quiet else ():  # else the plan has just said it
            screen.warn(said)
        each = ", ".join(f"{amount(lane.credits.most)} at {lane.name}" for lane in lanes)
        screen.tell(f"\nmay spend up to {credit(most)}: {each}")
        if screen.ask("continue?"):
            return
        raise ConfirmationNeeded(
            "not confirmed; nothing was asked and nothing spent",
            next="--limit 20 makes a pilot, --budget N limits the credits; -n shows only the plan",
        )
    if all(lane.room is not None for lane in lanes):
        return
    also = "".join(f"; {said}" for said in _writes(plan))
    raise ConfirmationNeeded(
        f"nothing was sent: this run may spend up to {credits_in_words(most)}, and without a"
        f" terminal nobody can be asked{also}",
        next=f"add --budget {credits_text(most)} (or less) or --yes; -n shows the plan",
    )


def _writes(plan: "Plan") -> list[str]:
    """Return what asking changes at providers, in words."""
    return [f"{lane.name} {lane.writes}" for lane in plan.lanes if lane.writes and lane.ask]


def called(target: Path | None) -> str:
    """Return an output as the user would call it from here; "" for stdout."""
    if target is None:
        return ""
    here = Path.cwd()
    return str(target.relative_to(here) if target.is_relative_to(here) else target)
