"""The two options of every command that prints a document."""

from typing import Annotated, Any

import typer

from enrichctl.errors import UsageError

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
