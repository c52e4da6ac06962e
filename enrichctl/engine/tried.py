"""What one provider did for one record, as the record's explanation tells it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from enrichctl.model import UNREADABLE, Attempt, Outcome, Remark
from enrichctl.reasons import need_of

if TYPE_CHECKING:
    from enrichctl.engine.question import Question


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
        needs: Fields for which it was not asked, because too little is known.
        unmet: The condition under which the provider is asked, where it does not hold.
        inputs: Fields that it was told, where no attempt says so.
        from_row: It says nothing but what the row says, and knows nobody.
        asked: Fields that the record lacked and an attempt was about.
        covers: Fields on which its answer is final.
        found: Those of them that it has, and that are not held back.
        verified: It calls the e-mail deliverable.
        at: When it was, of what the journal has.
        settles: What it may have cost is settled without paying by a run that comes to it.
        taken_back: Field that it filled for a while → why it does no longer.
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
    needs: tuple[str, ...] = ()
    unmet: str = ""
    inputs: tuple[str, ...] = ()
    from_row: bool = False
    asked: tuple[str, ...] = ()
    covers: tuple[str, ...] = ()
    found: tuple[str, ...] = ()
    verified: bool = False
    at: datetime | None = None
    settles: bool = False
    taken_back: dict[str, str] = field(default_factory=dict)

    @property
    def not_asked(self) -> str:
        """Return why the provider was not asked, without what is said of the record; or ""."""
        return self.unmet or (self.reason if self.needs else "")

    @property
    def undone(self) -> list[Remark]:
        """Return what was asked for and not done."""
        return [remark for remark in self.remarks if remark.cause]

    @property
    def failed(self) -> bool:
        """Tell whether it has nothing for the record because something went wrong."""
        if not self.remarks:
            return self.outcome is Outcome.FAILED
        unread = any(remark.cause == UNREADABLE for remark in self.remarks)
        return self.outcome is Outcome.FAILED or (unread and not self.accepted)


def tried_in(question: "Question", attempt: Attempt, *, reused: bool) -> Tried:
    """Return what there is to say of an attempt without an answer."""
    name, outcome, reason = attempt.provider, attempt.outcome, attempt.reason
    asked = asked_in(question, attempt)
    return Tried(
        name, outcome, attempt.id, (), reason, attempt.cause, reused,
        asked=asked, covers=attempt.wants, at=attempt.at,
    )  # fmt: skip


def asked_in(question: "Question", attempt: Attempt) -> tuple[str, ...]:
    """Return the fields of a question that an attempt was about."""
    return tuple([name for name in question.query.wants if name in attempt.wants])


def not_asked(tried: Iterable[Tried]) -> list[tuple[str, str]]:
    """Return which providers were not asked about a record, and why: one need of each once."""
    found: dict[tuple[str, str], tuple[str, str]] = {}
    for one in tried:
        if one.attempt is None and (reason := one.not_asked):
            found.setdefault((one.provider, need_of(reason)), (one.provider, reason))
    return list(found.values())
