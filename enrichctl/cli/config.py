"""``enrichctl config``: where the configuration is."""

import os
import stat
from pathlib import Path

import typer

from enrichctl.cli import context
from enrichctl.cli.shared_options import Json, JsonSchema, refuse_before
from enrichctl.cli.usage import Family

app = Family("config")

_MEND_LINK = "make what it names, let it name a file, or remove it"


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
    state, exists = _state(file, source)
    if json_:
        ConfigDocument.show({"path": str(file), "exists": exists, "source": source})
        return 0
    typer.echo(str(file))
    context.screen().note(state)
    return 0


def _state(file: Path, source: str) -> tuple[str, bool]:
    """Say what there is at a path, and what says that it is this one; tell whether a file is."""
    by = ", as ENRICHCTL_CONFIG says" if source == "environment" else ""
    other = f"let {'--config' if source == 'option' else 'ENRICHCTL_CONFIG'} name a file"
    try:
        is_folder = stat.S_ISDIR(file.stat().st_mode)
    except (FileNotFoundError, NotADirectoryError):
        if file.is_symlink():
            return f"it is a link to {file.readlink()}, which is not there: {_MEND_LINK}", False
        if source == "option":
            return "there is no such file; --config needs one", False
        return f"there is no such file yet{by}; none is required", False
    except OSError as error:
        return f"it cannot be read{by}: {error.strerror}; {other} that can", False
    if is_folder:
        return f"it is a folder{by}: put a file in its place, or {other}", False
    return f"the file exists{by}", True


def _place() -> tuple[Path, str]:
    """Return the configuration file, and what says that it is this one."""
    from enrichctl.config import config_path  # noqa: PLC0415 - not for help and completion

    if given := context.config():
        return given.absolute(), "option"
    source = "environment" if os.environ.get("ENRICHCTL_CONFIG") else "default"
    return config_path().absolute(), source
