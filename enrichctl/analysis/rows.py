"""The records of a replay, those that are alike together, and where they are on their way."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, groupby

from enrichctl.analysis.checks import OF_ROW, UNCHECKED, Checked, checks_of, is_check
from enrichctl.journal.known_answers import KnownAnswer
from enrichctl.journal.paths import Alike
from enrichctl.matching.conditions import Condition
from enrichctl.model import Outcome
from enrichctl.provider import VERDICT

_FILLED = "filled"


@dataclass(frozen=True, slots=True)
class AlikeState:
    """Where records of one kind are on their way.

    Attributes:
        blank: Fields that are blank for certain.
        open: Fields of which nobody knows whether they are; field → how likely.
        verified: How likely the e-mail is verified: least, expected, most.
        has_spare: An e-mail was found that nobody has verified, and will be taken at the end.
        finder: Who found the e-mail that stands there.
        checked: What the verifications of addresses cost and fill so far.
        put_off: The address that stands there is not verified, as the condition does not hold yet.
        met: Providers that have given something by now, or may have.
        turn: The next turn of the way that the records really went; None once that was left.
        local: Fields that providers on this machine have filled.
        unsure: Fields that they may have filled, or may still: of another way that is not known.
        owed: Fields on which an answer is in doubt: nobody else is asked for them.
        may_be_owed: Those of which that is not known.
    """

    blank: frozenset[str]
    open: Mapping[str, float] = field(default_factory=dict)
    verified: tuple[float, float, float] = (0, 0, 0)
    has_spare: bool = False
    finder: str = OF_ROW
    checked: Checked = UNCHECKED
    put_off: bool = False
    met: frozenset[str] = frozenset()
    turn: int | None = 0
    local: frozenset[str] = frozenset()
    unsure: frozenset[str] = frozenset()
    owed: frozenset[str] = frozenset()
    may_be_owed: frozenset[str] = frozenset()

    @property
    def lacked(self) -> frozenset[str]:
        """Return the fields that are blank whatever is not known."""
        return self.blank - self.unsure if self.unsure else self.blank


@dataclass(frozen=True, slots=True)
class AlikeRow:
    """Records of one kind.

    Attributes:
        count: How many there are.
        blank: Fields that they lacked when they were read.
        answers: Provider → what is known from it.
        way: Providers that were asked, in turn.
        asked: Provider → the fields that it was asked for.
        checks: Who found an address → what is known of its verification.
    """

    kind: Alike
    count: int
    blank: frozenset[str]
    answers: Mapping[str, Sequence[KnownAnswer]]
    checks: Mapping[str, KnownAnswer] = field(default_factory=dict)
    way: tuple[str, ...] = ()
    asked: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def is_next(self, state: AlikeState, name: str) -> bool:
        """Tell whether the records have come as they really did, and a provider was asked then."""
        turn = state.turn
        return turn is not None and self.way[turn : turn + 1] == (name,)

    def fields_for(self, name: str) -> tuple[frozenset[str], frozenset[str]]:
        """Return what a provider was asked for, and what it was not though it was lacking."""
        left, asked = self.blank, self.asked.get(name, frozenset())
        for one in self.kind.known:
            if one.used and one.provider == name:
                return asked, left - asked
            if one.used:
                left -= one.derived.union(one.gain.found)
        doubts = any(one.outcome is Outcome.UNCONFIRMED for one in self.kind.known)
        why = self.kind.is_left or doubts or any(one.provider == name for one in self.kind.refused)
        return asked, frozenset() if why else left

    def start(self) -> AlikeState:
        """Return where the records are before anybody is asked."""
        # Who was asked in several turns has none in an order.
        return AlikeState(self.blank, turn=0 if len(set(self.way)) == len(self.way) else None)


def row_of(kind: Alike, count: int, verifier: str) -> AlikeRow:
    """Return records that are alike; what a verifier said of addresses is kept apart."""
    found = [one for one in kind.known if not (verifier and is_check(one, verifier))]
    used = [one for one in found if one.used]
    names = dict.fromkeys(one.provider for one in found)
    answers = {name: _answers_of(found, name) for name in names}
    verdict = {VERDICT} if verifier else frozenset[str]()
    asked = {
        name: frozenset(chain.from_iterable(one.gain.asked for one in used if one.provider == name))
        - verdict
        for name in names
    }
    blank = frozenset(chain(*asked.values(), *(one.derived for one in used))) - verdict
    checks = checks_of(kind, verifier) if verifier else {}
    way = tuple(name for name, _ in groupby(one.provider for one in used))
    return AlikeRow(kind, count, blank, answers, checks, way, asked)


def _answers_of(known: Sequence[KnownAnswer], name: str) -> list[KnownAnswer]:
    """Return what is known from a provider: what was used, and others where they say more."""
    answers = [one for one in known if one.provider == name]
    taken = [one for one in answers if one.used]
    covered = set(chain.from_iterable(one.gain.covers for one in taken))
    for one in reversed([one for one in answers if not one.used]):  # the latest first
        if not covered.issuperset(one.gain.covers):
            covered.update(one.gain.covers)
            taken.append(one)
    return taken


def met_by(
    condition: Condition | None, row: AlikeRow, state: AlikeState, has: str = ""
) -> bool | None:
    """Tell whether a condition holds of records that have a field; None where nobody knows."""
    if condition is None:
        return True
    segment = row.kind.segment
    known = {
        "country": segment.country, "seniority": segment.seniority, "industry": segment.industry,
        "company_size": segment.size,
    }  # fmt: skip
    if has not in row.blank and has not in condition.compared:
        known[has] = _FILLED
    unknown = {name for name in condition.fields if name not in known and name not in row.blank}
    for name in row.blank:
        if name in state.lacked:
            known.pop(name, None)
        elif name in state.blank or name in state.open or name in condition.compared:
            known.pop(name, None)
            unknown.add(name)
        else:
            known[name] = _FILLED
    return condition.holds(known, frozenset(unknown))
