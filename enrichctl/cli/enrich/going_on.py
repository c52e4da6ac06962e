"""The job that a run goes on with: what interrupted runs on its input have bought.

Where answers are used for a short time only (``--fresh``), those of an interrupted run would
be too old for the same command, and paid for twice. They are as good as its own.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from enrichctl.config import duration
from enrichctl.engine.question import Rules
from enrichctl.errors import ExitStatus, UsageError
from enrichctl.journal import Journal, history

GAP = timedelta(hours=12)  # who goes on later than that wants today's answers
_RETRIES = frozenset({"--retry-failed", "--retry-unconfirmed"})
_TO_RETRY = (ExitStatus.SOME_FAILED, ExitStatus.UNCONFIRMED)
_AGES = ("--max-age", "--refresh")


def going_on(rules: Rules, journal: Journal, input_: str, typed: Sequence[str]) -> Rules:
    """Return the rules of a run under which what its job has bought is not too old."""
    ages = (rules.max_age, rules.max_age if rules.miss_age is None else rules.miss_age)
    since = job_began(journal, input_, typed)
    if since is None or journal.now() - since <= min(ages):
        return rules
    return replace(rules, since=since)


def job_began(journal: Journal, input_: str, typed: Sequence[str]) -> datetime | None:
    """Return when the job began that a command goes on with; None where it begins a new one."""
    began, until, age = None, journal.now(), _age(typed)
    is_retry = not _RETRIES.isdisjoint(typed)
    for run in asking(history.runs_of_job(journal, input_, sandbox="--sandbox" in typed)):
        left = _is_unfinished(run) or (is_retry and run.exit_status in _TO_RETRY)
        if not left or until - history.last_sign(journal, run) > GAP:
            break
        if _age(run.command) == age:  # another one took older answers, too
            began = run.started_at
        until = run.started_at
    return began


def asking(runs: Iterable[history.RunEntry]) -> Iterator[history.RunEntry]:
    """Yield the runs in which anybody beyond this machine had a part, or may have had."""
    for run in runs:
        lanes = run.summary.get("providers")
        if lanes is None or any(lane["calls"] or lane["reused"] for lane in lanes):
            yield run


def _is_unfinished(run: history.RunEntry) -> bool:
    """Tell whether a run left something to do, or could not write what it found."""
    return run.state == "stopped" or run.exit_status == ExitStatus.USAGE


def _age(typed: Sequence[str]) -> timedelta | None:
    """Return for how long a command uses answers; None where the configuration says that."""
    for word, after in zip(typed, (*typed[1:], ""), strict=True):
        name, equals, value = word.partition("=")
        if name == "--fresh":
            return timedelta(0)
        if name in _AGES:
            try:
                return duration(value if equals else after)
            except UsageError:  # of another version
                return None
    return None
