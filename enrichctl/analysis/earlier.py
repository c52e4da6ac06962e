"""What attempts of earlier versions brought, which did not keep it: worked out from the records.

A record that is kept says what each attempt gave it, and what it had before. Of attempts that no
record explains any more nobody knows whom they were about.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from itertools import chain

from enrichctl.errors import EnrichctlError
from enrichctl.facts.placeholders import could_be
from enrichctl.journal import Journal, history
from enrichctl.journal.gains import keep_gains
from enrichctl.journal.record_rows import RecordRow, uncounted_records
from enrichctl.matching.segments import segment_of
from enrichctl.model import DELIVERABLE, Attempt, Gain, Match, Query
from enrichctl.provider import Provider

AT_ONCE = 500  # records
# What reading an answer trips over; then the record itself says what was taken from it.
_STUMBLES = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)

Load = Callable[[str], Provider]


def fill_in(journal: Journal, load: Load) -> None:
    """Enter what attempts brought, where records say it and nobody has entered it.

    Each provider reads its answers again.

    Raises:
        StateError: The journal cannot be read or written.
    """
    known = cache(lambda name: _loaded(load, name))
    wanted = cache(lambda run: _wanted(journal, run))
    for some in uncounted_records(journal, AT_ONCE):
        gains = (_gains(journal, record, known, wanted(run)) for run, record in some)
        keep_gains(journal, list(chain.from_iterable(gains)))


def _wanted(journal: Journal, name: str) -> frozenset[str]:
    """Return the fields that a run was to fill; none where it does not say it."""
    run = history.run(journal, name)
    return frozenset(one["name"] for one in run.summary.get("fields", ())) if run else frozenset()


def _loaded(load: Load, name: str) -> Provider | None:
    try:
        return load(name)
    except EnrichctlError:
        return None  # it is no longer configured


def _gains(
    journal: Journal,
    record: RecordRow,
    known: Callable[[str], Provider | None],
    fields: frozenset[str],
) -> Iterator[Gain]:
    """Yield what attempts brought to a record, as the run would have said it.

    An answer covers all that its call gives, whatever the run was to fill.
    """
    asked = {one["provider"] for one in record.tried if one["attempt"] is not None}
    values = {name: str(cell[0] or "") for name, cell in record.cells.items()}
    derived = {
        name: value["after"] or ""
        for name, value in record.values.items()
        if value["provider"] and value["provider"] not in asked and not values[name]
    }
    segment = segment_of({**values, **derived})
    filler = {n: one["attempt"] for one in record.tried for n in one["accepted"]}
    had = {name for name, text in values.items() if text}
    for one in record.tried:
        attempt = None if one["attempt"] is None else journal.attempt(one["attempt"])
        if attempt is not None:
            lacked = [name for name in attempt.wants if name not in had]
            wanted = tuple(name for name in lacked if name in (fields or lacked))
            provider = known(attempt.provider)
            match = _read(provider, attempt, {**values, **derived}) if provider else None
            if match is None:  # all that is known is what was taken
                covers, found, verified = wanted, one["accepted"], False
            else:
                covers, said = attempt.wants, {n: value.text for n, value in match.items()}
                mail = values.get("email") or said.get("email", "")
                found = [n for n in covers if said.get(n) and could_be(n, said[n], mail)]
                verified = said.get("email_status") == DELIVERABLE
            yield Gain(
                attempt.id, segment, wanted, covers,
                tuple(name for name in found if name not in one["held_back"]),
                tuple(name for name in wanted if filler.get(name) == attempt.id), verified,
            )  # fmt: skip
        had.update(one["accepted"])


def _read(provider: Provider, attempt: Attempt, values: Mapping[str, str]) -> Match | None:
    """Return what an answer holds; None where this version cannot read it."""
    if attempt.answer is None:
        return {}
    inputs = {name: values[name] for name in provider.uses if values.get(name)}
    try:
        return provider.read(attempt.answer, Query(inputs, attempt.wants))
    except _STUMBLES:
        return None
