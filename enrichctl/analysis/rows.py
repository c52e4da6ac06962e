"""The records of a replay, those that are alike together, and where they are on their way."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain

from enrichctl.analysis.checks import OF_ROW, UNCHECKED, Checked, checks_of, is_check
from enrichctl.journal.paths import Alike, KnownAnswer
from enrichctl.matching.conditions import Condition
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
    """

    blank: frozenset[str]
    open: Mapping[str, float] = field(default_factory=dict)
    verified: tuple[float, float, float] = (0, 0, 0)
    has_spare: bool = False
    finder: str = OF_ROW
    checked: Checked = UNCHECKED
    put_off: bool = False


@dataclass(frozen=True, slots=True)
class AlikeRow:
    """Records of one kind.

    Attributes:
        count: How many there are.
        blank: Fields that they lacked when they were read.
        answers: Provider → what is known from it.
        checks: Who found an address → what is known of its verification.
    """

    kind: Alike
    count: int
    blank: frozenset[str]
    answers: Mapping[str, Sequence[KnownAnswer]]
    checks: Mapping[str, KnownAnswer] = field(default_factory=dict)


def row_of(kind: Alike, count: int, verifier: str) -> AlikeRow:
    """Return records that are alike; what a verifier said of addresses is kept apart."""
    found = [one for one in kind.known if not (verifier and is_check(one, verifier))]
    used = (one.gain.asked for one in found if one.used)
    names = dict.fromkeys(one.provider for one in found)
    answers = {name: _answers_of(found, name) for name in names}
    blank = frozenset(chain.from_iterable(used)) - ({VERDICT} if verifier else frozenset())
    return AlikeRow(kind, count, blank, answers, checks_of(kind, verifier) if verifier else {})


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
        if name in state.blank:
            known.pop(name, None)
        elif name in state.open or name in condition.compared:
            known.pop(name, None)
            unknown.add(name)
        else:
            known[name] = _FILLED
    return condition.holds(known, frozenset(unknown))
