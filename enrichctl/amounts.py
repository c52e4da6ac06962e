"""Amounts of money in the words of a message."""

from enrichctl.model import Credits, credits_text


def credits_in_words(credits: Credits) -> str:  # noqa: A002 - the word of the trade
    """Return credits with their noun: 1 credit, 0.5 credits."""
    return f"{credits_text(credits)} credit{'s' * (credits != 1)}"
