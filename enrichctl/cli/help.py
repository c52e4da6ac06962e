"""``enrichctl help``: the manual, which comes with the program as Markdown."""

import re
from typing import Annotated

import typer

from enrichctl import manual
from enrichctl.cli import context
from enrichctl.cli.completing import topic as topics_
from enrichctl.errors import UsageError, did_you_mean


def help_(
    ctx: typer.Context,
    topic: Annotated[
        str,
        typer.Argument(
            metavar="[TOPIC]", help="A page of the manual, or a command.", autocompletion=topics_
        ),
    ] = "",
) -> int:
    """Show a page of the manual; without a TOPIC, list the pages.

    \b
      enrichctl help            all pages, one a line
      enrichctl help money      budgets, and what is never paid twice
      enrichctl help enrich     the same as enrichctl enrich -h
    """
    from enrichctl.render import manual_page  # noqa: PLC0415 - draws

    screen = context.screen()
    if not topic:
        manual_page.show_topics(
            screen, {name: manual.page(name).summary for name in manual.topics()}
        )
    elif topic in manual.topics():
        manual_page.show_page(screen, manual.page(topic).shown)
    else:
        typer.echo(_command_help(ctx, topic))
    return 0


def _command_help(ctx: typer.Context, name: str) -> str:
    """Return the help of a command.

    Raises:
        UsageError: There is none of that name either.
    """
    root = ctx.find_root()
    command = root.command.get_command(root, name)  # type: ignore[attr-defined]
    if command is None:
        known = (*manual.topics(), *root.command.list_commands(root))  # type: ignore[attr-defined]
        raise UsageError(
            f"no page of the manual is called {name!r}{did_you_mean(name, known)}",
            next=f"enrichctl help {found}, which speaks of it"
            if (found := _speaks_of(name))
            else "enrichctl help",
        )
    with type(root)(command, info_name=name, parent=root, **command.context_settings) as own:
        return str(command.get_help(own))


def _speaks_of(word: str) -> str:
    """Return the page that has a word most often; "" where none has it."""
    whole = re.compile(rf"(?<!\w){re.escape(word)}s?(?!\w)", re.IGNORECASE)
    counts = {name: len(whole.findall(manual.page(name).shown)) for name in manual.topics()}
    most = max(counts, key=counts.__getitem__)
    return most if counts[most] else ""
