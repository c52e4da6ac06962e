"""What the verification of addresses adds to a replay: what it costs, and what follows.

Which address a provider would find is not known where it was never asked, nor is then what the
verifier would say of it: that stays between nothing and its price.
"""

from dataclasses import dataclass
from typing import NamedTuple

from enrichctl.journal.known_answers import KnownAnswer
from enrichctl.journal.paths import Alike
from enrichctl.matching.conditions import Condition
from enrichctl.model import NOTHING, Credits
from enrichctl.price import Price
from enrichctl.provider import EMAIL, VERDICT

OF_ROW = ""  # in place of who found an address


@dataclass(frozen=True, slots=True)
class Verifier:
    """Who verifies addresses in a replay.

    Attributes:
        name: The provider.
        price: What it charges for an address.
        each: Each address is verified before another provider is asked for one; else the last.
        only_if: What must hold for a record.
    """

    name: str
    price: Price
    each: bool
    only_if: Condition | None = None

    @property
    def most(self) -> Credits:
        """Return the most that it charges for an address."""
        return self.price.most((VERDICT,))


class Checked(NamedTuple):
    """What verifications cost and fill, of one record: least, expected, most of each.

    Attributes:
        cost: Credits.
        filled: Verdicts that fill the column of verdicts.
        verified: How likely the address is called deliverable.
    """

    cost: tuple[Credits, Credits, Credits] = (NOTHING, NOTHING, NOTHING)
    filled: tuple[float, float, float] = (0, 0, 0)
    verified: tuple[float, float, float] = (0, 0, 0)

    def __add__(self, other: "Checked") -> "Checked":  # type: ignore[override]
        """Return both together: there is one column of verdicts."""
        low, middle, high = (a + b for a, b in zip(self.cost, other.cost, strict=True))
        filled = [max(pair) for pair in zip(self.filled, other.filled, strict=True)]
        verified = [max(pair) for pair in zip(self.verified, other.verified, strict=True)]
        return Checked((low, middle, high), _three(filled), _three(verified))


UNCHECKED = Checked()


def is_check(one: KnownAnswer, verifier: str) -> bool:
    """Tell whether an answer is a verification."""
    return (
        one.provider == verifier and bool(one.gain.asked) and {VERDICT}.issuperset(one.gain.asked)
    )


def checks_of(kind: Alike, verifier: str) -> dict[str, KnownAnswer]:
    """Return who found an address → what is known of it; `OF_ROW` is one of the row."""
    checks: dict[str, KnownAnswer] = {}
    finder = OF_ROW
    for one in kind.known:
        if is_check(one, verifier):
            checks.setdefault(finder if one.used else OF_ROW, one)
        elif one.used and EMAIL in one.gain.found and EMAIL in one.gain.asked:
            finder = one.provider
    return checks


def check(
    verifier: Verifier, known: KnownAnswer | None, likely: float, *, certain: bool
) -> Checked:
    """Return what the verification of an address costs and fills; how ``likely`` there is one.

    ``known`` is None where nobody has asked about it.
    """
    share = Credits(str(likely))
    if known is None:
        most = verifier.most
        return Checked((NOTHING, most * share, most), (0, likely, 1), (0, likely / 2, 1))
    cost = known.credits
    said, good = float(VERDICT in known.gain.found), float(known.gain.verified)
    if certain and not known.shared:
        return Checked((cost,) * 3, (said,) * 3, (good,) * 3)
    return Checked(
        (NOTHING, cost * share, cost), (0, said * likely, said), (0, good * likely, good)
    )


def _three(numbers: list[float]) -> tuple[float, float, float]:
    low, middle, high = numbers
    return low, middle, high
