"""``enrichctl credits``: its options."""

from typing import Annotated, Any, NamedTuple

import typer

from enrichctl.cli import completing
from enrichctl.cli.shared_options import Html, Json, JsonSchema, ReplacePage
from enrichctl.cli.usage import takes


class CreditsOptions(NamedTuple):
    """The options as typed."""

    by: Annotated[
        str,
        typer.Option(
            metavar="KIND,…",
            help="Match rates and costs by provider, field, country, seniority, industry,"
            " domain-size.",
            autocompletion=completing.several_kinds,
        ),
    ] = ""
    what_if: Annotated[
        str,
        typer.Option(
            metavar="A,B,…",
            help="What the stored answers come to in another order of providers.",
            autocompletion=completing.several_providers,
        ),
    ] = ""
    best: Annotated[
        bool,
        typer.Option(
            "--best", help="The cheapest order that fills as much, the fullest for as much."
        ),
    ] = False
    run: Annotated[
        str,
        typer.Option(
            metavar="RUN",
            help="With --what-if and --best: whose records; else those of the last run.",
            autocompletion=completing.run,
        ),
    ] = ""
    min_confidence: Annotated[
        float | None,
        typer.Option(
            min=0,
            max=1,
            metavar="X",
            help="With --what-if and --best: an answer below it fills nothing.",
        ),
    ] = None
    only_if: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=CONDITION",
            help="With --what-if and --best: about which records a provider is asked, in place of"
            " only_if in the configuration. Repeatable; a blank one is all records.",
        ),
    ] = None
    verified_email: Annotated[
        bool | None,
        typer.Option(
            "--verified-email/--no-verified-email",
            help="With --what-if and --best: whether the search goes on until an e-mail is"
            " verified.",
        ),
    ] = None
    html: Html = ""
    force: ReplacePage = False
    sandbox: Annotated[
        bool, typer.Option("--sandbox", help="What rehearsals bought, not real money.")
    ] = False
    json_: Json = False
    json_schema: JsonSchema = False

    @property
    def replays(self) -> bool:
        """Return whether another order of providers is asked about."""
        return bool(self.what_if or self.best)


@takes(CreditsOptions)
def credits_(**typed: Any) -> int:
    """Show balances, spend and budgets per provider, and what the money bought.

    A balance is asked live where the provider has a free call for it, else it is the last one that
    was reported. Days and months are UTC. What was possibly charged counts as spent. What the money
    bought is counted from the journal, without asking anybody.

    \b
      enrichctl credits
      enrichctl credits --json | jq -r '.providers[] | [.name, .left.month] | @tsv'
      enrichctl credits --by country,seniority
      enrichctl credits --what-if lemlist,leadlex
      enrichctl credits --what-if lemlist,leadlex --min-confidence 0.8
      enrichctl credits --best
      enrichctl credits --html money.html
    """
    from enrichctl.cli.credits.answer import answer  # noqa: PLC0415 - not for help and completion

    return answer(CreditsOptions(**typed))
