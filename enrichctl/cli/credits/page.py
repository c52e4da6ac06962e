"""``credits --html``: what the money bought, as a page in a file."""

from enrichctl.cli import context
from enrichctl.cli.credits.breakdown import breakdown
from enrichctl.cli.html_file import check_html, write_html
from enrichctl.journal.gains import answers_by_day, spent_by_day
from enrichctl.model import Credits
from enrichctl.render.money_page import MoneyPage, money_html


def write_money_page(name: str, *, sandbox: bool, force: bool) -> None:
    """Write a page about what the money bought; it names no person.

    Args:
        name: Path of the file; ``-`` is stdout.
        sandbox: Of rehearsals.
        force: Replace a file that this tool did not write.

    Raises:
        OutputError: The file is somebody else's, or cannot be written.
    """
    check_html(name, force=force)
    with context.journal() as journal:
        page = MoneyPage(
            rows=breakdown(journal, ("provider",), sandbox=sandbox)["rows"],
            segments=breakdown(journal, ("provider", "country"), sandbox=sandbox)["rows"],
            budgets={} if sandbox else _budgets(),
            spent=spent_by_day(journal, sandbox=sandbox),
            answers=answers_by_day(journal, sandbox=sandbox),
            sandbox=sandbox,
            at=journal.now(),
        )
    write_html(name, money_html(page), force=force)


def _budgets() -> dict[str, Credits]:
    """Return provider → credits that a day may cost, where that is bounded."""
    settings = context.settings()
    days = {name: settings.provider(name).budget.day for name in settings.tables}
    return {name: day for name, day in days.items() if day is not None}
