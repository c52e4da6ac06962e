"""What became of a record: its cells, its counts, its explanation.

All in plain values, so that another process can hand them over.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from functools import cache, lru_cache
from types import ModuleType
from typing import TYPE_CHECKING, Any, NamedTuple

from enrichctl.engine.cautions import cautions_of
from enrichctl.engine.layout import Layout, providers_of
from enrichctl.engine.lead import Lead
from enrichctl.engine.tried import Tried, not_asked
from enrichctl.facts import spelling
from enrichctl.fields import kind_of
from enrichctl.journal import subject_key
from enrichctl.model import ANSWERED, Gain, Outcome, Remark, Segment, Status
from enrichctl.reasons import TO_DOUBLE, TO_SETTLE, said_by
from enrichctl.wanted_fields import sources_in

if TYPE_CHECKING:
    from enrichctl.journal.record_rows import RecordRow, Stored

SHIFTED = "the cells of a record may stand in the wrong columns"
FOUND_SUPPRESSED = "what was found is on the suppression list, so it is sent to nobody"
NOTHING_FOUND = "nothing found that was missing"
LEFT_OUT = "not chosen by --where"
LOOK_AT_REVIEW = "look at them (enrichctl status last --records review)"
TO_REVIEW = f"{LOOK_AT_REVIEW}, or use them with --accept review: they are not asked for again"
NAMING = frozenset({"email", "phone", "person_url", "id"})  # kinds by which a person is found


class RecordShape(NamedTuple):
    """What is counted of a record but for its status: most records of a run have one of a few.

    Attributes:
        read: Fields that it had when it was read.
        unknown: Those that were filled, nobody knows with what.
        filled: Fields that were accepted for it.
        givers: The provider of each of them.
        tried: Which providers looked at it, and what came of it.
        looked_up: Local providers that did, and whether they had anything for it.
    """

    read: tuple[str, ...]
    unknown: tuple[str, ...]
    filled: tuple[str, ...]
    givers: tuple[str, ...]
    tried: tuple[tuple[str, str], ...]
    looked_up: tuple[tuple[str, bool], ...]


class RecordResult(NamedTuple):
    """What became of a record.

    Attributes:
        status: One of `Status`.
        note: Why, in words; for good ends what was not done, or is to be taken with care.
        cells: Index in the header → new text.
        added: Texts of the new columns, in their order.
        meta: What JSON formats say of it; None for others.
        shape: What it had, what it got, and from whom.
        suppressed: It was not to be sent anywhere.
        reused: Providers whose earlier answers it used, and the attempt of each answer.
        undone: Something that was asked for was not done, whatever its cells got.
        troubles: What went wrong, and what to do about it.
        stored: As the journal keeps it for ``status --row``; None where it can be worked out again.
        not_asked: Why providers were not asked, in words: what they need, or their condition.
        gains: What each attempt brought to it.
        pending_at: Providers that were not asked about it, or have not answered; none where a pilot
            is not about it.
    """

    status: str
    note: str
    cells: Mapping[int, str]
    added: tuple[str, ...]
    meta: Mapping[str, Any] | None
    shape: RecordShape
    suppressed: bool
    reused: tuple[tuple[str, int], ...]
    undone: bool
    troubles: tuple[tuple[str, str], ...]
    stored: "Stored | None"
    not_asked: tuple[str, ...]
    gains: tuple[Gain, ...]
    pending_at: tuple[str, ...]


def result_of(lead: Lead, layout: Layout, *, keep: bool = True) -> RecordResult:
    """Return what became of a record at the end of the waterfall.

    Args:
        lead: The record.
        layout: What stands where in the output.
        keep: Whether the journal is to explain it; else that is worked out again when somebody
            asks for it.
    """
    status, note = status_of(lead)
    undone = [remark for t in lead.tried if t.remarks for remark in t.undone]
    return RecordResult(
        str(status),
        note,
        *layout.fill(lead, str(status), note),
        _one_of(_shape_of(lead)),
        lead.suppressed,
        tuple([(t.provider, t.attempt) for t in lead.tried if t.reused and t.attempt is not None]),
        bool(undone),
        _troubles(lead, status, undone),
        _stored(lead, status, note) if keep else None,
        tuple([why for _, why in not_asked(lead.tried)]),
        gains_of(lead),
        tuple(lead.pending_at) if status is Status.PENDING and not lead.beyond_limit else (),
    )


@lru_cache(1 << 12)
def _one_of(shape: RecordShape) -> RecordShape:
    """Return the same object for all shapes that are equal: what goes to another process is short.

    Most records of a run have one of a few.
    """
    return shape


@cache
def _record_rows() -> ModuleType:
    from enrichctl.journal import record_rows  # noqa: PLC0415 - no local run needs it

    return record_rows


@cache
def _segment_of() -> "Callable[[Mapping[str, str]], Segment]":
    from enrichctl.matching.segments import segment_of  # noqa: PLC0415 - no local run needs it

    return segment_of


def _stored(lead: Lead, status: Status, note: str) -> "Stored":
    stored: Stored = _record_rows().pack_record(explain(lead, status, note))
    return stored


def _shape_of(lead: Lead) -> RecordShape:
    record, filled = lead.record, lead.filled
    return RecordShape(
        tuple(record.values),
        tuple(record.unknown),
        tuple(filled),
        providers_of(lead, filled),
        tuple([(t.provider, str(t.outcome)) for t in lead.tried]),
        _looked_up(lead.tried),
    )


def _troubles(lead: Lead, status: Status, undone: list[Remark]) -> tuple[tuple[str, str], ...]:
    """Return what went wrong, and what to do about it."""
    troubles = [
        (said_by(t.provider, t.reason or t.cause), _next(t))
        for t in lead.tried
        if t.outcome in (Outcome.FAILED, Outcome.UNCONFIRMED)
    ]
    if lead.record.shifted:
        troubles.append((SHIFTED, "correct the lines (enrichctl status last --records failed)"))
    if undone:
        troubles += dict.fromkeys(
            (": ".join(filter(None, (remark.cause, remark.why))), remark.next) for remark in undone
        )
    if status is Status.REVIEW:
        troubles += [(t.cause, TO_REVIEW) for t in _held_back(lead)]
    return tuple(troubles)


def gains_of(lead: Lead) -> tuple[Gain, ...]:
    """Return what each attempt brought to a record; see `Gain`."""
    attempts = [(t.attempt, t) for t in lead.tried if t.attempt is not None]
    if not attempts:
        return ()
    derived = {n: text for n, text in lead.filled.items() if lead.follows_from_row(n)}
    read = lead.record.values
    segment = _segment_of()({**derived, **read} if derived else read)
    # Which answer filled a blank: the last of those that were asked for it and had it.
    filler = {n: number for number, t in attempts for n in t.asked if n in t.accepted}
    return tuple(
        Gain(
            number, segment, t.asked, t.covers, t.found,
            tuple([n for n in t.asked if filler.get(n) == number]), t.verified,
        )
        for number, t in attempts
    )  # fmt: skip


def _looked_up(tried: Iterable[Tried]) -> tuple[tuple[str, bool], ...]:
    """Return which local providers looked at a record, however often, and whether they knew it."""
    found: dict[str, bool] = {}
    for one in tried:
        if one.attempt is None and one.outcome in ANSWERED:  # a remote one has an attempt
            found[one.provider] = one.outcome is Outcome.MATCHED or found.get(one.provider, False)
    return tuple(found.items())


def status_of(lead: Lead) -> tuple[Status, str]:
    """Return a record's status, and in words why, or what was not done or is to be taken with care.

    What needs somebody comes first: money in doubt, then what was not asked yet, then what failed,
    then an answer that may be about somebody else.
    """
    status, why = next(_ends(lead))
    said = [said_by(tried.provider, remark.text) for tried in lead.tried for remark in tried.undone]
    said += cautions_of(lead)
    if lead.found_suppressed:
        said.insert(0, FOUND_SUPPRESSED)
    if not said:
        return status, why
    return status, "; ".join(dict.fromkeys(filter(None, [why, *said])))


def _ends(lead: Lead) -> Iterator[tuple[Status, str]]:
    """Yield all that holds of a record, the one that counts first."""
    if lead.suppressed:
        yield Status.SKIPPED, "suppressed: never sent to any provider"
    if lead.record.shifted:
        yield Status.FAILED, lead.record.shifted
    if lead.unconfirmed:
        yield Status.UNCONFIRMED, lead.unconfirmed
    if lead.pending:
        yield Status.PENDING, lead.pending
    failed = [t for t in lead.tried if t.failed]
    if failed and _has_holes(lead):
        yield Status.FAILED, _reasons(failed)
    if held := _held_back(lead):
        yield Status.REVIEW, _reasons(held)
    if lead.changed:
        yield Status.ENRICHED, ""
    if not lead.missing or _gave_all_before(lead):
        yield Status.COMPLETE, ""
    if _was_looked_for(lead):
        asked = [t for t in lead.tried if t.outcome in ANSWERED or t.not_asked]
        yield Status.NO_MATCH, _reasons(asked) or NOTHING_FOUND
    yield Status.SKIPPED, _why_skipped(lead)


def _was_looked_for(lead: Lead) -> bool:
    """Tell whether somebody who knows people was asked, or nobody was to be."""
    answered = [t for t in lead.tried if t.outcome in ANSWERED]
    if all(t.from_row for t in answered):
        return bool(answered) and not any(t.not_asked for t in lead.tried)
    return True


def _held_back(lead: Lead) -> list[Tried]:
    """Return the answers that are held back from something that the record lacks for that.

    It is no matter what else an answer brought, nor when: a value that stands in the row already,
    from a run before, counts as one that is filled now.

    ===========================================================  ====================
    The record's answers                                         Status
    ===========================================================  ====================
    all of an answer is held back                                review
    part of it is, the rest was taken                            review
    part of it is, the rest is in the cells from a run before    review
    all of it is, another answer fills other fields              review
    what is held back is filled by another answer                as if it had not come
    what is held back is in the cells already                    as if it had not come
    the cell was to be refreshed, and keeps its old value        as if it had not come
    the cell was to be overwritten, and is not                   review
    ===========================================================  ====================
    """
    filled, kept = lead.filled.keys(), lead.refreshed
    return [t for t in lead.tried if t.held_back and set(t.held_back) - filled - kept]


def _gave_all_before(lead: Lead) -> bool:
    """Tell whether all that were asked are on this machine, and filled it in an earlier run.

    They know the record, and what they have of it stands there.
    """
    if not (lead.tried and lead.record.earlier[0]):  # mostly
        return False
    gave = set(sources_in(lead.record.earlier[0]).values())
    return all(
        t.attempt is None and t.outcome in ANSWERED and t.provider in gave for t in lead.tried
    )


def _why_skipped(lead: Lead) -> str:
    if lead.record.left_out:
        return LEFT_OUT
    return _reasons(lead.tried) or "not enough data to tell who this is"


def _has_holes(lead: Lead) -> bool:
    return any(not lead.text(name) for name in lead.missing)


def _reasons(tried: Iterable[Tried]) -> str:
    return "; ".join(dict.fromkeys(said_by(t.provider, t.reason) for t in tried if t.reason))


def _next(tried: Tried) -> str:
    if tried.outcome is Outcome.UNCONFIRMED:
        return TO_SETTLE if tried.settles else TO_DOUBLE
    return (
        "correct the rows (enrichctl status last --records failed), or --retry-failed to ask again"
    )


def explain(lead: Lead, status: Status, note: str) -> "RecordRow":
    """Return what became of a record as the journal keeps it for ``status --row``."""
    read = lead.record.values
    cells: dict[str, list[Any]] = {name: [text] for name, text in read.items()}
    for name, who in sources_in(lead.record.earlier[0]).items():
        if name in read:
            cells[name] += [*[None] * 5, who]
    for name, text in lead.filled.items():
        origin, before = lead.origin[name], read.get(name)
        cells[name] = [
            before,
            text if text != before else None,
            origin.provider,
            origin.source or None,
            origin.confidence,
            _iso(origin.at),
        ]
    attempts = [
        {
            "provider": t.provider,
            "outcome": str(t.outcome),
            "attempt": t.attempt,
            "accepted": t.accepted,
            "reason": t.reason or "; ".join(remark.text for remark in t.remarks),
            "held_back": t.held_back,
            "wanted": t.needs,  # of what was asked the journal knows
            "told": t.inputs,
            **({"taken_back": t.taken_back} if t.taken_back else {}),
            **({"undone": undone[0].cause} if t.remarks and (undone := t.undone) else {}),
        }
        for t in lead.tried
    ]
    record = lead.record
    explained: RecordRow = _record_rows().RecordRow(
        record.row, record.line, str(status), note, cells, attempts, keys_of(read)
    )
    return explained


def keys_of(values: Mapping[str, str]) -> bytes:
    """Return the fingerprints of what values say of a person, by which one is found again."""
    naming = ((name, text) for name, text in values.items() if text and kind_of(name) in NAMING)
    return b"".join([subject_key(spelling.canonical(name, text)) for name, text in naming])


@lru_cache(64)  # what one provider gave is of one moment
def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")
