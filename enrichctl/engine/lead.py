"""Which answer is accepted, what a cell holds afterwards, and what that makes of the record.

Pure: the same answers give the same record, however often and in whichever run they are read.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from enrichctl.facts.blanks import could_be
from enrichctl.model import (
    NO_CONFLICTS,
    NOTHING,
    UNREADABLE,
    Conflicts,
    Credits,
    Match,
    Outcome,
    Provenance,
    Record,
    Remark,
    Status,
)

ANSWERED = (Outcome.MATCHED, Outcome.MISSED)
SURE = 1.0  # what a provider's value counts as that states no confidence of its own


@dataclass(slots=True)
class Tried:
    """What one provider did for one record: a line of its explanation.

    Attributes:
        provider: Provider name.
        outcome: How it ended.
        attempt: Number in the journal; None for what needs no journal.
        accepted: Fields that its answer filled.
        reason: For every outcome but a match, why, in words; of a match, why it was held back.
        cause: A stable word that groups reasons of one kind.
        reused: The answer was in the journal before this run.
        remarks: What there is to say of its answer.
        held_back: Fields that it would have filled, and may be about somebody else.
    """

    provider: str
    outcome: Outcome
    attempt: int | None = None
    accepted: tuple[str, ...] = ()
    reason: str = ""
    cause: str = ""
    reused: bool = False
    remarks: tuple[Remark, ...] = ()
    held_back: tuple[str, ...] = ()

    @property
    def undone(self) -> list[Remark]:
        """Return what was asked for and not done."""
        return [remark for remark in self.remarks if remark.cause]

    @property
    def failed(self) -> bool:
        """Tell whether it has nothing for the record because something went wrong."""
        unread = any(remark.cause == UNREADABLE for remark in self.remarks)
        return self.outcome is Outcome.FAILED or (unread and not self.accepted)


@dataclass(slots=True)
class Lead:
    """A record on its way through the waterfall.

    Attributes:
        record: As read.
        missing: Fields wanted of any provider and not there when it was read.
        filled: Accepted texts.
        origin: Where each of them came from.
        tried: What each provider did, in order.
        awaiting: Field → provider that still owes an answer on it; nobody else is asked for it.
        assumed: Fields that may be filled by whom a plan has asked, so that nobody knows them yet.
        tried_fields: Provider and field that have been asked for: nothing is asked twice in a run.
        doubled: Attempt → credits that may already have been paid for what is asked again.
        pending: Why a provider was not asked, "" when all were.
        unconfirmed: Why a charge is in doubt, "" when none is.
        suppressed: It must not be sent anywhere.
        step_index: The next provider in the waterfall.
        told: What the provider at `told_at` is told, the person's fingerprint there, and a word for
            whom it names; None when that provider cannot tell who it is.
        told_at: The place in the waterfall for which that was settled.
        spent: What its own questions cost; rows that share an answer share nothing of its price.
        counted: It has been counted against ``--limit``.
        conflicts: What an earlier row gave to somebody else.
        held: The run of another process that is asking what comes next: to be looked at again.
        fallback_email: An unverified e-mail, taken when nobody finds a verified one.
        said: What the answers that were taken say of whom they are about.
    """

    record: Record
    missing: frozenset[str] = frozenset()
    filled: dict[str, str] = field(default_factory=dict)
    origin: dict[str, Provenance] = field(default_factory=dict)
    tried: list[Tried] = field(default_factory=list)
    awaiting: dict[str, str] = field(default_factory=dict)
    assumed: frozenset[str] = frozenset()
    tried_fields: frozenset[tuple[str, str]] = frozenset()
    doubled: dict[int, Credits] = field(default_factory=dict)
    pending: str = ""
    unconfirmed: str = ""
    suppressed: bool = False
    step_index: int = 0
    told: tuple[dict[str, str], bytes, str] | None = None
    told_at: int = -1
    spent: Credits = NOTHING
    counted: bool = False
    conflicts: Conflicts = NO_CONFLICTS
    held: str = ""
    fallback_email: tuple[str, Provenance] | None = None
    said: dict[str, str] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """Return what is known of a field by now."""
        return self.filled.get(name) or self.record.values.get(name, "")

    def owe(self, provider: str, names: Iterable[str]) -> None:
        """Take note that a provider owes an answer on fields, unless another does already."""
        for name in names:
            self.awaiting.setdefault(name, provider)

    def hear(self, who: Mapping[str, str]) -> None:
        """Take note of what an answer that is taken says of whom it is about."""
        for name, text in who.items():
            self.said.setdefault(name, text)

    def whom(self) -> dict[str, str]:
        """Return what the record, and then the answers taken, say of whom it means."""
        return {**self.said, **self.record.values}

    def known(self) -> dict[str, str]:
        """Return all that is known by now."""
        return {**self.record.values, **self.filled}

    @property
    def asked(self) -> bool:
        """Tell whether it uses an answer of this run."""
        return any(tried.attempt is not None and not tried.reused for tried in self.tried)

    @property
    def changed(self) -> dict[str, str]:
        """Return the cells to write: accepted texts that differ from what stood there."""
        before = self.record.values
        return {name: text for name, text in self.filled.items() if text != before.get(name, "")}


def accept(
    lead: Lead,
    match: Match,
    wants: Iterable[str],
    *,
    provider: str,
    at: datetime,
    overwrite: frozenset[str],
    min_confidence: float,
    verified: bool = False,
) -> tuple[str, ...]:
    """Take from a match what the record wants and may take; return the fields taken.

    With ``verified`` an e-mail that its provider does not call deliverable is only kept in
    reserve; see `take_fallback_email`.
    """
    taken = []
    may = offered(lead, match, wants, overwrite=overwrite, min_confidence=min_confidence)
    for name in may:
        value = match[name]
        origin = Provenance(
            provider, value.source, value.confidence, at, lead.record.values.get(name, "")
        )
        if verified and name == "email" and _verdict(match) != "deliverable":
            lead.fallback_email = lead.fallback_email or (value.text, origin)
            continue
        lead.filled[name], lead.origin[name] = value.text, origin
        taken.append(name)
    return tuple(taken)


def offered(
    lead: Lead,
    match: Match,
    wants: Iterable[str],
    *,
    overwrite: frozenset[str],
    min_confidence: float,
) -> Iterator[str]:
    """Yield the fields of a match that the record wants and may take.

    A cell that was filled when read is replaced only under ``overwrite``. A value that another
    provider gave before stands, unless it was a guess and this one is surer.
    """
    for name in wants:
        value = match.get(name)
        if value is None or not value.text or not could_be(name, value.text):
            continue
        confidence = SURE if value.confidence is None else value.confidence
        if confidence < min_confidence or _is_dead(name, match):
            continue
        held = lead.origin.get(name)
        if held is not None:
            if held.confidence is None or held.confidence >= confidence:
                continue
        elif lead.record.holds(name) and name not in overwrite:
            continue
        yield name


def take_fallback_email(lead: Lead) -> None:
    """Take the e-mail kept in reserve, once there is nobody left who might verify another."""
    if lead.fallback_email is None or "email" in lead.filled:
        return
    lead.filled["email"], lead.origin["email"] = lead.fallback_email
    for tried in lead.tried:
        if tried.provider == lead.fallback_email[1].provider and "email" not in tried.accepted:
            tried.accepted += ("email",)
            break


def _is_dead(name: str, match: Match) -> bool:
    """Tell whether a provider says of its own address that nothing can be delivered there."""
    return name == "email" and _verdict(match) == "undeliverable"


def _verdict(match: Match) -> str:
    verdict = match.get("email_status")
    return verdict.text if verdict else ""


def status_of(lead: Lead) -> tuple[Status, str]:
    """Return a record's status, and in words why, or what was not done or is to be taken with care.

    What needs somebody comes first: money in doubt, then what was not asked yet, then what failed,
    then an answer that may be about somebody else.
    """
    status, why = next(_ends(lead))
    said = [
        said_by(tried.provider, remark.text)
        for tried in lead.tried
        for remark in tried.remarks
        if remark.cause or tried.accepted  # a caution is about values
    ]
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
    held = [t for t in lead.tried if not lead.filled.keys() >= set(t.held_back)]
    if any(not t.accepted for t in held):
        yield Status.REVIEW, _reasons(held)
    if lead.changed:
        yield Status.ENRICHED, _reasons(held)
    if not lead.missing:
        yield Status.COMPLETE, ""
    if asked := [t for t in lead.tried if t.outcome in ANSWERED]:
        yield Status.NO_MATCH, _reasons(asked) or "nothing found that was missing"
    yield Status.SKIPPED, _reasons(lead.tried) or "no provider can tell who this is"


def _has_holes(lead: Lead) -> bool:
    return any(not lead.text(name) for name in lead.missing)


def _reasons(tried: Iterable[Tried]) -> str:
    return "; ".join(dict.fromkeys(said_by(t.provider, t.reason) for t in tried if t.reason))


def said_by(provider: str, reason: str) -> str:
    """Return a reason with its provider before it, unless it begins with that."""
    named = reason.casefold().startswith(provider.casefold())
    return reason if named else f"{provider}: {reason}"


def lowest_confidence(lead: Lead) -> float | None:
    """Return the lowest confidence among the values written, None when no provider gave one."""
    stated = [lead.origin[name].confidence for name in lead.changed]
    return min((c for c in stated if c is not None), default=None)
