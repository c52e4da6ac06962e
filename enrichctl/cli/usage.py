"""How help pages are set, and what is said about a command line that cannot be read."""

import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

from enrichctl.errors import UsageError

SUMMARY = 200  # characters of a command's summary: it is broken into lines rather than cut
WORDS = {"int range": "whole number", "float range": "number", "int": "whole number"}


class Command(TyperCommand):
    """A command whose help groups its options, by their ``rich_help_panel``."""

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write the options, one list a group."""
        _write_options(self.get_params(ctx), ctx, formatter)


class Group(TyperGroup):
    """Commands whose help lists the whole first sentence of each, before any option."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Return the names of the commands, without building any."""
        del ctx
        return list(self.commands)

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write the commands, each with its summary, and the options."""
        commands = ((name, self.get_command(ctx, name)) for name in self.list_commands(ctx))
        records = [
            (name, command.get_short_help_str(SUMMARY))
            for name, command in commands
            if command is not None and not command.hidden
        ]
        with formatter.section("Commands"):
            formatter.write_dl(records)
        _write_options(self.get_params(ctx), ctx, formatter)


class Commands(Mapping[str, Any]):
    """Commands by name, each built when it is asked for: most runs need one of them.

    Args:
        known: Name → the function, or the commands of a group.
    """

    def __init__(self, known: Mapping[str, Callable[..., int] | typer.Typer]) -> None:
        self._known = known
        self._built: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        if name not in self._built:
            known = self._known[name]
            app = known if isinstance(known, typer.Typer) else _alone(name, known)
            self._built[name] = typer.main.get_command(app)
        return self._built[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._known)

    def __len__(self) -> int:
        return len(self._known)


def _alone(name: str, run: Callable[..., int]) -> typer.Typer:
    app = typer.Typer(rich_markup_mode=None, add_completion=False)
    app.command(name, cls=Command)(run)
    return app


def _write_options(params: Iterable[Any], ctx: Any, formatter: Any) -> None:
    groups: dict[str, list[tuple[str, str]]] = {}
    for param in params:
        record = param.get_help_record(ctx)
        if record is not None:
            argument = param.param_type_name == "argument"
            group = "Arguments" if argument else getattr(param, "rich_help_panel", None)
            groups.setdefault(group or "Options", []).append(record)
    for name, records in groups.items():
        with formatter.section(name):
            formatter.write_dl(records)


def complaint(error: Any) -> UsageError:
    """Return what the parser says about a command line in the words of all other errors."""
    text = error.format_message().rstrip(".")
    for word, better in WORDS.items():
        text = text.replace(f"a valid {word}", f"a {better}")
    page = f"{error.ctx.command_path} -h" if getattr(error, "ctx", None) else "enrichctl -h"
    return UsageError(text, next=page)


def takes(options: type[Any]) -> Callable[[Callable[..., int]], Callable[..., int]]:
    """Let a command take the options that are the fields of a named tuple, each said once.

    A dataclass of that many would take ten times as long to make, at every key press.
    """

    def set_up(command: Callable[..., int]) -> Callable[..., int]:
        known = inspect.signature(options)
        command.__signature__ = known.replace(return_annotation=int)  # type: ignore[attr-defined]
        command.__annotations__ = {n: p.annotation for n, p in known.parameters.items()}
        return command

    return set_up
