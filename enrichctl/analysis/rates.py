"""Shares, and how far a share of so few can be trusted."""

from math import sqrt
from typing import NamedTuple

Z = 1.959964  # of the normal distribution, for 95 in 100
THIN = 30  # answers below which a share says little
EVEN = 0.5  # how likely something is of which nobody knows


class Interval(NamedTuple):
    """From where to where the truth lies, in 95 of 100 cases."""

    low: float
    high: float


def interval_of(matched: int, answered: int) -> Interval:
    """Return the interval of a share: Wilson's, which holds for few answers and rare matches.

    Brown, Cai and DasGupta, Interval Estimation for a Binomial Proportion (2001).
    """
    if not answered:
        return Interval(0.0, 1.0)
    share, square = matched / answered, Z * Z
    middle = share + square / (2 * answered)
    spread = Z * sqrt((share * (1 - share) + square / (4 * answered)) / answered)
    scale = 1 + square / answered
    return Interval(max(0.0, (middle - spread) / scale), min(1.0, (middle + spread) / scale))
