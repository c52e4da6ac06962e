"""``enrichctl credits``: balances, spend and budgets per provider."""

from enrichctl.cli import context
from enrichctl.cli.json_options import Json, JsonSchema


def credits_(
    json_: Json = False,
    json_schema: JsonSchema = False,
) -> int:
    """Show balances, spend and budgets per provider.

    A balance is asked live where the provider has a free call for it, else it is the last one that
    was reported. Days and months are UTC. What was possibly charged counts as spent.

    \b
      enrichctl credits
      enrichctl credits --json | jq -r '.providers[] | [.name, .left.month] | @tsv'
    """  # noqa: D301 - the backspace tells Typer to leave the block as it is
    if json_schema:
        from enrichctl.cli.credits.documents import CreditsDocument  # noqa: PLC0415 - slow to import

        CreditsDocument.show_schema()
        return 0
    from enrichctl.cli.credits.low import said  # noqa: PLC0415 - not for help
    from enrichctl.cli.credits.money import accounts_in  # noqa: PLC0415 - not for help

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
            context.screen().warn(said(one["name"], one["balance"], one["warn_below"]))
    return 0
