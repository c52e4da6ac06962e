"""Chance that is the same every time: decisions drawn from a hash of what they are about."""

from collections.abc import Sequence
from hashlib import blake2b
from typing import TypeVar

T = TypeVar("T")

FINE = 10_000  # how finely a chance is told apart
LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


class Dice:
    """A finite supply of decisions (about 500 bits) about one subject."""

    __slots__ = ("number",)

    def __init__(self, *subject: object) -> None:
        text = "\0".join(map(str, subject))
        self.number = int.from_bytes(blake2b(text.encode()).digest(), "big")

    def below(self, sides: int) -> int:
        """Throw a number from 0 to ``sides - 1``."""
        self.number, face = divmod(self.number, sides)
        return face

    def pick(self, choices: Sequence[T]) -> T:
        """Choose one of several."""
        return choices[self.below(len(choices))]

    def chance(self, share: float) -> bool:
        """Say yes in that share of the cases, 0-1."""
        return self.below(FINE) < share * FINE

    def letters(self, length: int) -> str:
        """Spell an identifier of letters and digits."""
        return "".join(self.pick(LETTERS) for _ in range(length))
