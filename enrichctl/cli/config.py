"""``enrichctl config``: where the configuration is."""

import os
from pathlib import Path

import typer

from enrichctl.cli import context
from enrichctl.cli.shared_options import Json, JsonSchema, refuse_before
from enrichctl.cli.usage import Family

app = Family("config")


@app.callback(invoke_without_command=True)
def config(ctx: typer.Context, json_: Json = False, json_schema: JsonSchema = False) -> int:
    """Show where the configuration is read from.

    Nothing in it is required. What can stand in it: enrichctl help configuration.

    \b
      enrichctl config path
    """
    if ctx.invoked_subcommand is None:
        return path(json_, json_schema)
    refuse_before(ctx, json_=json_, json_schema=json_schema)
    return 0


@app.command("path")
def path(json_: Json = False, json_schema: JsonSchema = False) -> int:
    """Print where the configuration is read from; whether the file exists goes to stderr.

    \b
      enrichctl config path
      ${EDITOR:-vi} "$(enrichctl config path)"
    """
    if json_ or json_schema:
        from enrichctl.cli.documents import ConfigDocument  # noqa: PLC0415 - slow to import

        if json_schema:
            ConfigDocument.show_schema()
            return 0
    file, source = _place()
    if json_:
        found = {"path": str(file), "exists": file.is_file(), "source": source}
        ConfigDocument.show(found)
        return 0
    typer.echo(str(file))
    context.screen().note(_state(file, source))
    return 0


def _state(file: Path, source: str) -> str:
    """Say whether the file exists, and what says that it is this one."""
    if source == "option":
        return "the file exists" if file.is_file() else "there is no such file; --config needs one"
    by = ", as ENRICHCTL_CONFIG says" if source == "environment" else ""
    return (
        f"the file exists{by}"
        if file.is_file()
        else f"there is no such file yet{by}; none is required"
    )


def _place() -> tuple[Path, str]:
    """Return the configuration file, and what says that it is this one."""
    from enrichctl.config import config_path  # noqa: PLC0415 - not for help and completion

    if given := context.config():
        return given.absolute(), "option"
    source = "environment" if os.environ.get("ENRICHCTL_CONFIG") else "default"
    return config_path().absolute(), source
