"""Options of more than one command, each said once."""

from functools import partial
from typing import Annotated, Any

import typer

from enrichctl.cli.completing import mapped_field, several_fields, several_providers
from enrichctl.errors import UsageError

asked = partial(typer.Option, rich_help_panel="Whom to ask for what")
money = partial(typer.Option, rich_help_panel="Money and time")


def providers_named(what: str) -> Any:
    """Return the option that names providers, with what help says of it."""
    typed = ("-p", "--provider")
    return asked(*typed, metavar="NAME,…", autocompletion=several_providers, help=what)


def fields_named(what: str) -> Any:
    """Return the option that names fields, with what help says of it."""
    typed = ("-w", "--want")
    return asked(*typed, metavar="FIELD,…", autocompletion=several_fields, help=what)


Map = Annotated[
    list[str] | None,
    asked(
        "--map",
        metavar="FIELD=COLUMN",
        autocompletion=mapped_field,
        help="Which column holds a field; may be repeated.",
    ),
]
Suppress = Annotated[str, asked(metavar="FILE", help="People never to be sent anywhere.")]
Budget = Annotated[
    str,
    money(
        metavar="N|NAME=N,…",
        help="Most credits to spend: at each paid provider, at those named, or both, as in"
        " 5,lemlist=20.",
    ),
]


def _some(records: int | None) -> int | None:
    """Refuse a pilot about nobody.

    Raises:
        UsageError: It is one.
    """
    if records is not None and records < 1:
        raise UsageError(
            f"--limit {records} asks nobody",
            next="-n shows the plan and asks nobody; a pilot is 1 or more",
        )
    return records


Limit = Annotated[
    int | None,
    money(
        metavar="N",
        callback=_some,
        help="A pilot: ask only about the first N records that need it, 1 or more.",
    ),
]
Random = Annotated[
    bool, money("--random", help="With --limit: a random sample, the same one for the same input.")
]
MaxAge = Annotated[
    str, money(metavar="AGE", help="Age up to which answers are used again: 30d (default), 12h, 0.")
]
Yes = Annotated[bool, money("-y", "--yes", help="Do not ask for confirmation.")]
Html = Annotated[
    str, typer.Option(metavar="FILE", help="Write a page to look at, print or send; - is stdout.")
]
ReplacePage = Annotated[
    bool, typer.Option("--force", help="Replace a file that is no page of enrichctl.")
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
JsonSchema = Annotated[
    bool, typer.Option("--json-schema", help="Print the JSON Schema of that document.")
]


def refuse_before(ctx: Any, *, json_: bool, json_schema: bool) -> None:
    """Refuse an option that stands before the command it is for.

    Raises:
        UsageError: One does.
    """
    if json_ or json_schema:
        option = "--json" if json_ else "--json-schema"
        raise UsageError(
            f"{option} must come after the command it is for",
            next=f"{ctx.command_path} {ctx.invoked_subcommand} {option}",
        )
