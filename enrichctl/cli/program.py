"""The program as Typer has it: for help, completion, and command lines that need a parser."""

from typing import Any

import typer

from enrichctl.cli import context
from enrichctl.cli.parameters import CommonOptions, takes
from enrichctl.cli.usage import Commands, Group, as_typer_takes


class _Root(Group):
    """The program, with its commands."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**given | {"commands": Commands()})


app = typer.Typer(
    name="enrichctl",
    cls=_Root,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback()
@as_typer_takes
@takes(CommonOptions)
def main(**common: Any) -> int:
    """Fill the gaps in a file of leads from the enrichment providers you already pay for.

    The options below may stand before or after a command.

    \b
      enrichctl enrich leads.csv                     free: no key, no network
      enrichctl enrich leads.csv -p offline,leadlex  asks for what is missing
      enrichctl status last                          what became of it
      enrichctl help                                 the pages of the manual
    """
    context.set_up(CommonOptions(**common))
    return 0
