"""Amounts of money in the words of a message: the one way to write them for people.

What is typed or read by a program, as after ``--budget``, has no thousands: `credits_text`.
"""

from decimal import Decimal


def in_thousands(amount: Decimal) -> str:
    """Return an amount for reading: 12,345.5."""
    return f"{amount.normalize():,f}"


def credits_in_words(credits: Decimal) -> str:  # noqa: A002 - the word of the trade
    """Return credits with their noun: 1 credit, 12,345.5 credits."""
    return f"{in_thousands(credits)} credit{'s' * (credits != 1)}"
