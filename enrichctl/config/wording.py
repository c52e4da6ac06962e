"""How users write durations and budgets."""

import re
from datetime import timedelta
from decimal import Decimal, InvalidOperation

from enrichctl.errors import UsageError

_SECONDS = {"d": 86_400, "h": 3_600, "m": 60, "s": 1}
_LONGEST = 36_525 * 86_400  # a century, so that "now minus it" is still a date


def duration(text: str, option: str = "", *, none: bool = True) -> timedelta:
    """Read ``30d``, ``12h``, ``30m``, ``90s`` or ``0``.

    Args:
        text: What was typed.
        option: Behind which option, for messages.
        none: Whether it may be ``0``.

    Raises:
        UsageError: It is none of these, or longer than a century.
    """
    text, behind = text.strip(), f"{option} " if option else ""
    found = re.fullmatch(r"([0-9]+)([dhms])", text) or (text == "0" and ["", "0", "s"])
    if not found:
        raise UsageError(
            f"{behind}{text!r} is not a duration",
            next=f"write it as 30d, 12h, 30m, 90s{' or 0' * none}",
        )
    seconds = int(found[1]) * _SECONDS[found[2]]
    if seconds > _LONGEST:
        raise UsageError(f"{behind}{text} is longer than a century", next="write a shorter one")
    if not seconds and not none:
        raise UsageError(
            f"{behind}{text} leaves no time", next=f"as in {behind}30m, or leave it out"
        )
    return timedelta(seconds=seconds)


def parse_budget(text: str) -> dict[str, Decimal]:
    """Read ``500`` or ``leadlex=200,lemlist=50``; the key "" stands for every paid provider.

    Raises:
        UsageError: A part is no number of credits, or names a provider twice.
    """
    budget: dict[str, Decimal] = {}
    for part in text.split(","):
        name, equals, number = part.rpartition("=")
        name = name.strip()
        try:
            credits_ = Decimal(number.strip())
        except InvalidOperation:
            credits_ = Decimal("NaN")
        named = bool(name) or not equals
        if not (credits_.is_finite() and credits_ >= 0 and named) or name in budget:
            raise UsageError(
                f"--budget {text!r} is not a budget",
                next="write a number of credits, as in 500, or leadlex=200,lemlist=50",
            )
        budget[name] = credits_
    return budget
