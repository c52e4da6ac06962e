"""What a provider makes of its own answers, whatever stands in them.

A vendor may send anything, and an answer that was paid for stays in the journal: what trips over
it would trip in this run and in every later one. So an answer that its provider cannot read is a
remark on it, as is one that a definition cannot read. It is kept, and a corrected version reads it
without paying.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import takewhile
from typing import Any

from enrichctl.errors import OfferDeclined
from enrichctl.facts.spelling import canonical
from enrichctl.model import (
    DELIVERABLE,
    UNDELIVERABLE,
    UNREADABLE,
    Attempt,
    Credits,
    Match,
    Outcome,
    Query,
    Record,
    Remark,
    Value,
)
from enrichctl.provider import Provider
from enrichctl.wanted_fields import sources_in

# What reading trips over: shapes, sizes and numbers that nobody thought of. Anything else, such
# as no memory or an interrupt, is about the run.
STUMBLES = (
    ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError,
)  # fmt: skip


def read_answer(provider: Provider, answer: Any, query: Query) -> Match | Remark:
    """Return what a provider reads from an answer, or the remark that it cannot read it.

    Args:
        provider: Whose answer it is.
        answer: As it came; None of a local provider.
        query: What was told and asked.

    Returns:
        The match, every confidence of it within 0-1; or a remark whose cause is `UNREADABLE`.
    """
    try:
        match = provider.read(answer, query)
        for _, sure, _ in match.values():
            if sure is not None and not 0 <= sure <= 1:
                return {name: _in_bounds(value) for name, value in match.items()}
        return dict(match)
    except STUMBLES as error:
        return Remark(
            f"{provider.title}'s answer cannot be read ({type(error).__name__})",
            UNREADABLE,
            "report it: the answer is kept, and a corrected version reads it without paying",
        )


def read_since(
    provider: Provider, answer: Any, query: Query, asked: tuple[str, ...]
) -> tuple[str, ...]:
    """Return wanted fields that an answer holds, though nobody knew so when it was asked for.

    Only where they come along with what was asked: a definition may read more of it by now.

    Args:
        provider: Whose answer it is.
        answer: As it came.
        query: What is wanted of the same person now.
        asked: The fields that the answer was counted as saying all about.
    """
    new = set(query.wants).difference(asked)
    if answer is None or not new:
        return ()
    new.intersection_update(provider.covers(replace(query, wants=asked)))
    match = read_answer(provider, answer, query) if new else {}
    if isinstance(match, Remark):
        return ()
    return tuple(name for name in query.wants if name in new and name in match and match[name].text)


def edited(
    provider: Provider,
    attempts: Iterable[Attempt],
    query: Query,
    record: Record,
    run: str,
) -> frozenset[str]:
    """Return the fields that a provider has filled before and somebody has changed since.

    Its answers tell. Where none of them says anything of a field that the column of sources calls
    its own, as on another machine, that column is believed.

    Args:
        provider: Whose answers they are.
        attempts: What it was asked about the person.
        query: What is told and wanted now.
        record: As read.
        run: This run: what it was answered is in no file yet.
    """
    name, held = provider.name, record.values
    sources = sources_in(record.earlier[0]).items()
    own = {field for field, by in sources if by.rpartition(":")[2] == name and field in held}
    said: dict[str, set[str]] = {}
    for attempt in attempts:
        if attempt.answer is None or attempt.run == run:
            continue
        match = read_answer(provider, attempt.answer, query)
        if isinstance(match, Remark):
            continue
        for field in own.intersection(match):
            said.setdefault(field, set()).add(canonical(field, match[field].text, query.region))
    return frozenset(
        field for field, texts in said.items()
        if canonical(field, held[field].removeprefix("'"), query.region) not in texts
    )  # fmt: skip


def doubts_in(attempts: Sequence[Attempt], wants: Sequence[str]) -> dict[int, Credits]:
    """Return what may have been paid for these fields since the last answer that says of them."""
    asked = [one for one in reversed(attempts) if not set(wants).isdisjoint(one.wants)]
    lost = takewhile(lambda one: one.outcome is Outcome.UNCONFIRMED, asked)
    return {one.id: one.credits for one in lost}


def remarks_on(provider: Provider, answer: Any, query: Query) -> tuple[Remark, ...]:
    """Return what there is to say of an answer; of one that cannot be read, that it cannot be."""
    if answer is None:
        return ()
    try:
        return tuple(provider.remarks(answer, query))
    except STUMBLES:
        return ()  # who reads its values meets the same trouble, and says so


def redo_of(provider: Provider, attempt: Attempt, query: Query, *, final: bool) -> str:
    """Return what is still to be done about an answer; see `Remark.redo`.

    What a ``final`` one of this run leaves undone is for a later run. But an offer was declined
    for one record: another one of the same name may be what it is about.
    """
    if attempt.cause == OfferDeclined.cause:
        return "ask"
    found = set() if final else {one.redo for one in remarks_on(provider, attempt.answer, query)}
    return next((redo for redo in ("ask", "finish") if redo in found), "")


def _in_bounds(value: Value) -> Value:
    """Hold a confidence to 0-1; what is no number at all says nothing."""
    sure = value.confidence
    if sure is None or 0 <= sure <= 1:
        return value
    return value._replace(confidence=None if sure != sure else min(max(sure, 0.0), 1.0))  # noqa: PLR0124 - NaN


def calls_deliverable(match: Match) -> bool:
    """Tell whether a provider has verified the e-mail, its own or the record's."""
    return verdict_in(match) == DELIVERABLE


def calls_undeliverable(match: Match) -> bool:
    """Tell whether a provider says that no mail arrives at the e-mail."""
    return verdict_in(match) == UNDELIVERABLE


def verdict_in(match: Match) -> str:
    """Return what an answer says of the e-mail; "" for nothing."""
    verdict = match.get("email_status")
    return verdict.text if verdict else ""
