"""What ``credits`` answers: accounts, or what the money bought."""

from typing import TYPE_CHECKING

from enrichctl.cli import context
from enrichctl.errors import UsageError

if TYPE_CHECKING:
    from enrichctl.cli.credits.command import Options


def answer(options: "Options") -> int:
    """Show what was asked for.

    Raises:
        UsageError: The options do not go together.
    """
    if options.sandbox and not options.by:
        raise UsageError(
            "--sandbox is about what rehearsals bought", next="add --by provider,country"
        )
    if options.json_schema:
        from enrichctl.cli.credits import documents  # noqa: PLC0415 - slow to import

        document = documents.BreakdownDocument if options.by else documents.CreditsDocument
        document.show_schema()
    elif options.by:
        from enrichctl.cli.credits.breakdown import show_breakdown  # noqa: PLC0415 - not for balances

        show_breakdown(options.by, json_=options.json_, sandbox=options.sandbox)
    else:
        _show_accounts(json_=options.json_)
    return 0


def _show_accounts(*, json_: bool) -> None:
    """Show balances, spend and budgets."""
    from enrichctl.cli.credits.low import low_line  # noqa: PLC0415 - not for what was bought
    from enrichctl.cli.credits.money import accounts_in  # noqa: PLC0415 - the same

    with context.journal() as journal:
        accounts = list(accounts_in(journal))
    if json_:
        from enrichctl.cli.credits.documents import CreditsDocument  # noqa: PLC0415 - slow to import

        CreditsDocument.model_validate({"providers": accounts}).show()
    elif not accounts:
        context.screen().note("no paid provider is logged in, configured or was ever used")
    else:
        from enrichctl.render.accounts import show_accounts  # noqa: PLC0415 - draws

        show_accounts(context.screen(), accounts)
    for one in accounts:
        if one["low"]:
            context.screen().warn(low_line(one["name"], one["balance"], one["warn_below"]))
