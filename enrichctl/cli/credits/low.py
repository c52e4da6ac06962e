"""Accounts that run low: a line that cron can mail, and no other exit status."""

from collections.abc import Iterable
from decimal import Decimal

from enrichctl.amounts import credits_in_words, in_thousands
from enrichctl.config import Settings
from enrichctl.engine.question import Step
from enrichctl.journal import Journal
from enrichctl.model import Credits
from enrichctl.render.screen import Screen


def is_low(balance: Credits | None, bound: Decimal | None) -> bool:
    """Tell whether a balance that is known is under what its owner wants to be warned of."""
    return balance is not None and bound is not None and balance < bound


def warn_of_low(
    screen: Screen, journal: Journal, settings: Settings, steps: Iterable[Step]
) -> None:
    """Say of which providers of a run the last reported balance is under ``warn_below``."""
    for step in steps:
        name, bound = step.provider.name, settings.provider(step.provider.name).warn_below
        reported = journal.balance(name, step.account)
        if bound is not None and reported and is_low(reported.credits, bound):
            screen.warn(low_line(name, reported.credits, bound))


def low_line(name: str, balance: Credits, bound: Decimal) -> str:
    """Return the line."""
    left = f"{credits_in_words(balance)} {'is' if balance == 1 else 'are'} left"
    return f"{name}: {left}, fewer than the {in_thousands(bound)} of its warn_below"
