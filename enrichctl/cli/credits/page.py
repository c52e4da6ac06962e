"""``credits --html``: what the money bought, as a page in a file."""

from enrichctl.cli import context
from enrichctl.cli.credits.breakdown import breakdown
from enrichctl.cli.html_file import check_html, write_html
from enrichctl.journal import history
from enrichctl.journal.gains import answers_by_day, spent_by_day
from enrichctl.journal.pages import steps_of
from enrichctl.render.by_day import DayBudget
from enrichctl.render.money_page import MoneyPage, money_html

SEGMENTS = ("country", "seniority")  # of the page


def write_money_page(name: str, *, sandbox: bool, force: bool) -> None:
    """Write a page about what the money bought, to stdout where its name is ``-``.

    It names no person.

    Raises:
        OutputError: The file is somebody else's, or cannot be written.
    """
    check_html(name, force=force)
    with context.journal_to_read(sandbox=sandbox) as journal:
        runs = history.of_enrich(journal, sandbox=sandbox)
        run = next((one for one in runs if "recipe" not in one.summary), None)  # not local alone
        providers = breakdown(journal, ("provider",), sandbox=sandbox)
        page = MoneyPage(
            rows=providers["rows"],
            elsewhere=providers["elsewhere"],
            segments={
                what: breakdown(journal, ("provider", what), sandbox=sandbox)["rows"]
                for what in SEGMENTS
            },
            run=run.id if run else "",
            steps=steps_of(journal, run) if run else [],
            budgets={} if sandbox else _budgets(),
            spent=spent_by_day(journal, sandbox=sandbox),
            answers=answers_by_day(journal, sandbox=sandbox),
            sandbox=sandbox,
            at=journal.now(),
        )
    write_html(name, money_html(page), force=force)


def _budgets() -> dict[str, DayBudget]:
    """Return provider → what a day and a month may cost."""
    settings = context.settings()
    found = {name: settings.provider(name).budget for name in settings.tables}
    return {name: DayBudget(one.day, one.month) for name, one in found.items()}
