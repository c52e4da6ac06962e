"""The command that goes on where a run ended: the one that was typed, unless that would not."""

import shlex
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING

from enrichctl.config import duration, parse_budget
from enrichctl.errors import UsageError
from enrichctl.journal import history
from enrichctl.model import Credits, credits_text
from enrichctl.reasons import TO_DOUBLE, TO_SETTLE

if TYPE_CHECKING:
    from enrichctl.journal.history import RunEntry

NONE = timedelta(0)
SWITCHES = frozenset("qvy")  # that one word may hold together, as in -qy
NO_DOUBTS: Mapping[str, Credits] = MappingProxyType({})


def command(
    run: "RunEntry",
    outcomes: Mapping[str, int],
    now: datetime,
    doubts: Mapping[str, Credits] = NO_DOUBTS,
) -> str | None:
    """Return what to type to go on with a run; None when nothing is left that asking can mend.

    A pilot that is complete goes on without its ``--limit``, and without the ``--yes`` that was
    typed for so few records: the rest has a plan and a price of its own. One that was broken off
    goes on with the same command, which is about the same records; where nobody knows them again,
    as in what was piped in, with what is left of its ``--limit``. A budget into which no call fits
    is made to hold one; any other is the next run's as well. Where no answer was to be used again,
    those of the run itself are: they are paid for. What may have been charged is asked again only
    when told to. What came from stdin and was broken off before anybody had answered begins anew,
    if at all. In another folder than that in which it was typed it goes there first.

    Args:
        run: The run.
        outcomes: Status → records.
        now: The moment.
        doubts: Provider → the cheapest call that may have been charged; see `doubts_a_budget`.
    """
    left = outcomes.get("pending") or outcomes.get("unconfirmed")
    if run.state != "stopped" and not (run.state == "done" and left):
        return None
    if run.input == "-" and run.stopped_by == "interrupted" and _asked_nobody(run):
        return None
    words = list(_words(run, now))
    if short := too_little(run, doubts):
        words = _with_budget(words, short)
    if _has_to_retry(run, outcomes):
        words.append("--retry-unconfirmed")
    return _from_its_folder(run, words)


def doubts_a_budget(run: "RunEntry", outcomes: Mapping[str, int]) -> bool:
    """Tell whether going on pays again for what may have been charged, out of a typed budget."""
    return _has_to_retry(run, outcomes) and bool(_budget(run.command)[1])


def too_little(run: "RunEntry", doubts: Mapping[str, Credits] = NO_DOUBTS) -> dict[str, str]:
    """Return the providers at which the budget has no room for one call → what that takes."""
    typed = _budget(run.command)[1] if doubts else {}
    known = {name: typed.get(name, typed.get("", cost)) for name, cost in doubts.items()}
    short = {name: credits_text(cost) for name, cost in doubts.items() if known[name] < cost}
    return {**short, **run.summary.get("short", {})}


def _has_to_retry(run: "RunEntry", outcomes: Mapping[str, int]) -> bool:
    """Tell whether only what may have been charged is left, and has to be asked again."""
    beyond = run.stopped_by == "limit" and _rest(run) == 0  # what is pending is not a pilot's
    only_doubts = outcomes.get("unconfirmed") and (beyond or not outcomes.get("pending"))
    return bool(only_doubts) and "--retry-unconfirmed" not in run.command and not _settles(run)


def to_write(run: "RunEntry", now: datetime) -> str:
    """Return what to type to have written what a run was answered, whatever that replaces.

    All of it is in the journal, so nothing may be spent, and what failed is not asked again.
    """
    kept: list[str] = []
    words = _words(run, now)
    for word in words:
        name, equals, _ = word.partition("=")
        if name == "--budget":
            next(words, "") if not equals else None
        elif name not in ("--force", "--retry-failed", "--retry-unconfirmed"):
            kept.append(word)
    return shlex.join([*kept, "--force", "--budget", "0"])


def is_complete(run: "RunEntry") -> bool:
    """Tell whether a run is a pilot of which nothing is left: what it leaves out is not its own."""
    names = {word.partition("=")[0] for word in run.command}
    if "--limit" not in names or run.state != "stopped" or not run.summary.get("written", True):
        return False
    broken_off = history.PILOT in run.summary and run.stopped_by != "limit"
    doubts = run.summary.get("outcomes", {}).get("unconfirmed")
    return not (broken_off or doubts) and _rest(run) == 0


def _from_its_folder(run: "RunEntry", words: Iterable[str]) -> str:
    """Return a command as it is typed wherever one is: its paths may go out from its folder."""
    folder = run.summary.get(history.FOLDER)
    if not folder or folder == history.here():
        return shlex.join(words)
    return f"{shlex.join(('cd', folder))} && {shlex.join(words)}"


def _rest(run: "RunEntry") -> int | None:
    """Return how many records of a pilot are left; None where that is not known."""
    rest: int | None = run.summary.get("rest", 0 if run.stopped_by == "limit" else None)
    return rest


def _settles(run: "RunEntry") -> bool:
    """Tell whether the same command settles all that may have been charged, without paying."""
    said = [error["next"] for error in run.summary.get("errors", ())]
    return TO_SETTLE in said and TO_DOUBLE not in said


def _asked_nobody(run: "RunEntry") -> bool:
    """Tell whether nobody beyond this machine had a part in a run."""
    lanes = run.summary.get("providers")  # none: it was killed, and nobody knows
    return lanes is not None and not any(lane["calls"] or lane["reused"] for lane in lanes)


def _words(run: "RunEntry", now: datetime) -> Iterator[str]:
    typed: Sequence[str] = run.command
    days = (now - run.started_at) // timedelta(days=1) + 1
    skip = False
    complete = is_complete(run)
    known = "--random" in typed or history.PILOT in run.summary  # those are asked about again
    rest = None if known else _rest(run)
    for word, after in zip(typed, (*typed[1:], ""), strict=True):
        if skip:
            skip = False
            continue
        name, equals, value = word.partition("=")
        skip = name in ("--limit", "--max-age") and not equals
        if name in ("--limit", "--random", "--yes") and complete:
            continue
        if complete and not (word := _without_consent(word)):
            continue
        if name == "--limit" and rest:
            yield from ("--limit", str(rest))
            continue
        if name == "--fresh" or (name == "--max-age" and _is_none(value if equals else after)):
            yield from ("--max-age", f"{days}d")
            continue
        yield from (word, after) if skip else (word,)


def _without_consent(word: str) -> str:
    """Return a word of a command without ``-y``, by itself or among other switches."""
    if not (word.startswith("-") and "y" in word and SWITCHES.issuperset(word[1:])):
        return word
    rest = word.replace("y", "")
    return "" if rest == "-" else rest


def _with_budget(words: Sequence[str], short: Mapping[str, str]) -> list[str]:
    """Return a command whose budget has room for one call at each of these providers."""
    kept, typed = _budget(words)
    budget = {name: credits_text(most) for name, most in typed.items()}
    parts = (f"{name}={most}" if name else most for name, most in (budget | {**short}).items())
    return [*kept, "--budget", ",".join(parts)]


def _budget(words: Sequence[str]) -> tuple[list[str], dict[str, Credits]]:
    """Return a command without its budget, and provider → what that is."""
    kept, typed = [], ""
    left = iter(words)
    for word in left:
        name, equals, value = word.partition("=")
        if name == "--budget":
            typed = value if equals else next(left, "")
        else:
            kept.append(word)
    return kept, parse_budget(typed) if typed else {}


def _is_none(age: str) -> bool:
    try:
        return duration(age) == NONE
    except UsageError:
        return False
