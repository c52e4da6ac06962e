"""What a provider shows of an answer before it sells or writes anything."""

from collections.abc import Callable
from typing import NamedTuple

from enrichctl.model import Answer


class Offer(NamedTuple):
    """An answer as far as it is free: whom it is about shows before anybody is paid.

    The engine judges it as it judges answers. What is not about the record, or cannot be told to
    be, is not taken: nothing is bought for it and nothing is written.

    Attributes:
        answer: What shows for nothing; it is kept where the offer is not taken.
        take: Buys and writes the rest, and returns the whole answer.
    """

    answer: Answer
    take: Callable[[], Answer]
