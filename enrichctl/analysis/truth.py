"""Answers against values that are known: who is right, by field and segment, and for what price."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from enrichctl.analysis.breakdown import KEYS_OF_SEGMENT
from enrichctl.analysis.rates import THIN, Interval, interval_of
from enrichctl.facts import spelling
from enrichctl.matching import same_company, segments
from enrichctl.model import NOTHING, Credits, Segment

Verdict = Literal["right", "wrong", "missing"]


def judge(field: str, truth: str, answer: str, region: str = "") -> Verdict:
    """Say whether an answer is right: spellings that mean the same value are one.

    An answer of "" is none; ``region`` is the country of phone numbers that state none.
    """
    if not answer.strip():
        return "missing"
    if spelling.canonical(field, truth, region) == spelling.canonical(field, answer, region):
        return "right"
    match field:
        case "company_name":
            pair = same_company.compare({field: truth}, {field: answer})
            same = pair is same_company.CompanyPair.SAME
        case "seniority":
            same = segments.seniority_of(truth, "") == segments.seniority_of(answer, "")
        case "company_size":
            same = segments.size_of(truth) == segments.size_of(answer) != ""
        case "phone" | "mobile" | "phone_e164":
            same = False  # one digit is another number
        case _:
            same = spelling.fold(truth) == spelling.fold(answer)
    return "right" if same else "wrong"


@dataclass(slots=True)
class Score:
    """How one provider did at values of one kind.

    Attributes:
        provider: Whose answers.
        key: Its value of each dimension; "" is not known.
        right: Values that were to be found, those that it gave.
        wrong: Others that it gave instead.
        missing: Those of which it gave nothing.
        credits: What it cost.
    """

    provider: str
    key: tuple[str, ...]
    right: int = 0
    wrong: int = 0
    missing: int = 0
    credits: Credits = NOTHING

    @property
    def known(self) -> int:
        """Return how many values were to be found."""
        return self.right + self.wrong + self.missing

    @property
    def share(self) -> float | None:
        """Return the share of values that it gave right; None of none."""
        return self.right / self.known if self.known else None

    @property
    def interval(self) -> Interval:
        """Return where the true share lies, in 95 of 100 cases."""
        return interval_of(self.right, self.known)

    @property
    def is_thin(self) -> bool:
        """Tell whether it is too few values to go by."""
        return self.known < THIN

    @property
    def per_right(self) -> Credits | None:
        """Return what a right value cost; None where there was none."""
        return self.credits / self.right if self.right else None


class Scores:
    """Adds up verdicts and costs.

    Args:
        by: Dimensions, ``provider`` and ``field`` first; see `breakdown.BY`.
    """

    def __init__(self, by: Sequence[str]) -> None:
        self._by = by
        self._found: dict[tuple[str, ...], Score] = {}

    def count(self, provider: str, segment: Segment, verdicts: Mapping[str, Verdict]) -> None:
        """Count what a provider gave for one record."""
        for field, verdict in verdicts.items():
            score = self._score(provider, segment, field)
            setattr(score, verdict, getattr(score, verdict) + 1)

    def charge(self, provider: str, segment: Segment, field: str, cost: Credits) -> None:
        """Add what it cost to ask for a field of one record."""
        self._score(provider, segment, field).credits += cost

    def all(self) -> list[Score]:
        """Return the scores, in the order of providers and fields."""
        return list(self._found.values())

    def _score(self, provider: str, segment: Segment, field: str) -> Score:
        said = {"provider": provider, "field": field}
        key = tuple(
            said[name] if name in said else segment[KEYS_OF_SEGMENT[name]] for name in self._by
        )
        return self._found.setdefault(key, Score(provider, key))
