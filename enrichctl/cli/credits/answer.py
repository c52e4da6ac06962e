"""What ``credits`` answers: accounts, or what the money bought."""

from typing import TYPE_CHECKING

from enrichctl.cli import context
from enrichctl.errors import UsageError

if TYPE_CHECKING:
    from enrichctl.cli.credits.command import CreditsOptions
    from enrichctl.cli.json_document import Document


def answer(options: "CreditsOptions") -> int:
    """Show what was asked for.

    Raises:
        UsageError: The options do not go together.
    """
    _check(options)
    if options.json_schema:
        _document(options).show_schema()
    elif options.replays:
        from enrichctl.cli.credits.what_if import show_replay  # noqa: PLC0415 - not for balances

        show_replay(options)
    elif options.html:
        from enrichctl.cli.credits.page import write_money_page  # noqa: PLC0415 - draws

        write_money_page(options.html, sandbox=options.sandbox, force=options.force)
    elif options.by:
        from enrichctl.cli.credits.breakdown import show_breakdown  # noqa: PLC0415 - not for balances

        show_breakdown(options.by, json_=options.json_, sandbox=options.sandbox)
    else:
        _show_accounts(json_=options.json_)
    return 0


def _check(options: "CreditsOptions") -> None:
    """Refuse options that do not go together."""
    replays = options.replays
    if options.by and replays:
        raise UsageError("--by and another order do not go together", next="leave one out")
    if options.run and not replays:
        raise UsageError("--run says whose records are replayed", next="add --best")
    terms = (options.min_confidence, options.only_if, options.verified_email)
    if not replays and any(one is not None for one in terms):
        raise UsageError(
            "--min-confidence, --only-if and --verified-email are terms of a replay",
            next="add --what-if A,B or --best",
        )
    if options.html and (options.by or replays or options.json_ or options.json_schema):
        raise UsageError("--html shows all of it", next="leave out the other options")
    if options.force and not options.html:
        raise UsageError("--force is about a page", next="add --html FILE")
    if options.sandbox and not (options.by or replays or options.html):
        raise UsageError(
            "a rehearsal has no balance and no budget; --sandbox is for what it bought",
            next="add --by country",
        )


def _document(options: "CreditsOptions") -> "type[Document]":
    from enrichctl.cli.credits import documents  # noqa: PLC0415 - slow to import

    if options.replays:
        return documents.WhatIfDocument
    return documents.BreakdownDocument if options.by else documents.CreditsDocument


def _show_accounts(*, json_: bool) -> None:
    """Show balances, spend and budgets."""
    from enrichctl.cli.credits.low import low_line  # noqa: PLC0415 - not for what was bought
    from enrichctl.cli.credits.money import accounts_in  # noqa: PLC0415 - the same

    with context.journal_to_read() as journal:
        accounts = list(accounts_in(journal))
    if json_:
        from enrichctl.cli.credits.documents import CreditsDocument  # noqa: PLC0415 - slow to import

        CreditsDocument.show({"providers": accounts})
    elif not accounts:
        context.screen().note(
            "no paid provider is logged in, configured or was ever used;"
            " credits --sandbox --by provider is about rehearsals"
        )
    else:
        from enrichctl.render.accounts import show_accounts  # noqa: PLC0415 - draws

        show_accounts(context.screen(), accounts)
    for one in accounts:
        if one["low"]:
            context.screen().warn(low_line(one["name"], one["balance"], one["warn_below"]))
