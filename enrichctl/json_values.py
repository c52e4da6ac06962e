"""Reading what vendors answer: JSON in which any value may be of any shape."""

from collections.abc import Callable, Container, Mapping
from decimal import Decimal
from typing import Any

from enrichctl.errors import RecordError, Unconfirmed
from enrichctl.model import Credits

ACCEPTED = 202  # HTTP's word for: not yet
DEEP = 8  # lists within lists that are read
NO_ACCOUNT = Decimal(10) ** 12  # credits; a journal counts millionths of them in 64 bits


def decimal(value: Any) -> Credits | None:
    """Read a number of credits; None when it is no number, or one that no account can hold."""
    if isinstance(value, bool) or value is None:
        return None
    try:
        number = Decimal(str(value))
    except ArithmeticError:
        return None
    return number if number.is_finite() and abs(number) < NO_ACCOUNT else None


def as_confidence(value: Any) -> float | None:
    """Read a confidence, held to 0-1; None when it is no number, or one beyond all sense."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return min(1.0, max(0.0, float(value))) if value == value else None  # noqa: PLR0124 - NaN
    except OverflowError:
        return None


def text(value: Any, *, deep: int = DEEP) -> str:
    """Read a value as a cell's text: lists joined, nothing and nested objects as "".

    So is what is nested in more lists than ``deep``: no cell holds that.
    """
    if isinstance(value, str):  # first, as most are
        return " ".join(value.split())
    if value is None or isinstance(value, dict):
        return ""
    if isinstance(value, list):
        return ", ".join(filter(None, [text(one, deep=deep - 1) for one in value])) if deep else ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def known_word(value: Any, words: Container[str]) -> str:
    """Return a word of a vendor's that may be shown: one that we know.

    "" for anything else: whatever its form, it could be somebody's address, or a key.
    """
    return value if isinstance(value, str) and value in words else ""


def as_object(value: Any) -> dict[str, Any]:
    """Return a JSON object, an empty one for anything else."""
    return value if isinstance(value, dict) else {}


def objects(listed: Any) -> list[dict[str, Any]]:
    """Return the objects of a list; nothing of anything else."""
    return [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []


def agrees(said: Any, asked: str, spelt: Callable[[str], str | None] = str.casefold) -> bool:
    """Tell whether what an answer says of whom it is about is who was asked about.

    An answer that does not say it fits, and so does what cannot be spelt.
    """
    named, meant = spelt(text(said)), spelt(asked)
    return not named or not meant or named == meant


def values(part: Any, names: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return the fields of an object that have a value.

    Args:
        part: The object; anything else has no value.
        names: Field → what the vendor calls it.
    """
    if not isinstance(part, dict):
        return []
    get = part.get
    return [
        (field, value)
        for field, key in names.items()
        if (said := get(key)) is not None
        and (value := " ".join(said.split()) if type(said) is str else text(said))
    ]


def no_ticket(title: str) -> Unconfirmed:
    """Return what a submission is that was taken, and of which nothing can be collected."""
    return Unconfirmed(f"{title} gave no ticket; possibly charged")


def lost_ticket(error: RecordError) -> Unconfirmed:
    """Return what a ticket is of which the vendor knows nothing, though it was bought."""
    return Unconfirmed(f"{error.message}, though it gave a ticket")
