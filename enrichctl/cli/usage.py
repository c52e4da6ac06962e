"""How help pages are set, and what is said about a command line that cannot be read."""

import inspect
import re
import shutil
import textwrap
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

from enrichctl.errors import UsageError

INDENT = "  "
JOINT = "\N{NON-BREAKING HYPHEN}"  # within a page that is being set: what is typed stays whole
SUMMARY = 200  # characters of a command's summary: it is broken into lines rather than cut
PLAINER = (
    (r"^Got unexpected extra argument\(s\) \((.*)\)$", r"too many words: \1"),
    (r"is not in the range x>=(\S+)$", r"is too small: \1 is the least"),
    (r"is not in the range (\S+)<=x<=(\S+)$", r"is not from \1 to \2"),
)
# Options that somebody may repeat to add to them, and what else to do: the last would count alone.
INSTEAD = {"suppress": "put both lists into one file", "where": "join both with AND"}
WORDS = {"int range": "whole number", "float range": "number", "int": "whole number"}


class _Fitted:
    """Help whose examples fit the terminal, and whose lines end where their words do."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the words of a command line; an empty one is a variable that was not set.

        Raises:
            UsageError: An option or an argument is there, and empty.
        """
        try:
            rest: list[str] = super().parse_args(ctx, args)  # type: ignore[misc]
        except Exception as error:
            if getattr(error, "ctx", ctx) is None:  # of an option without its value
                error.ctx = ctx  # type: ignore[attr-defined]
            raise
        for param in self.params:  # type: ignore[attr-defined]
            source = ctx.get_parameter_source(param.name)
            typed = source is not None and source.name == "COMMANDLINE"
            if typed and ctx.params.get(param.name) == "":
                raise _empty(param)
        return rest

    def make_parser(self, ctx: Any) -> Any:
        """Return what splits a command line; it lets nothing be added by an option given twice."""
        parser = super().make_parser(ctx)  # type: ignore[misc]
        split = parser.parse_args

        def once(args: list[str]) -> Any:
            found = split(args)
            for param, times in Counter(found[-1]).items():
                if times > 1 and (why := _repeated(param)):
                    raise why
            return found

        parser.parse_args = once
        return parser

    def get_help(self, ctx: Any) -> str:
        """Return the page."""
        page: str = super().get_help(ctx)  # type: ignore[misc]
        return "\n".join(line.rstrip() for line in page.replace(JOINT, "-").split("\n"))

    def format_help_text(self, ctx: Any, formatter: Any) -> None:
        """Write what the command does, and its examples."""
        del ctx
        text = inspect.cleandoc(self.help).partition("\f")[0]  # type: ignore[attr-defined]
        room = shutil.get_terminal_size().columns - 2 * len(INDENT)
        formatter.write_paragraph()
        with formatter.indentation():
            shown = re.sub(r"(?<=\x08\n).*?(?=\n\n|$)", _examples(room), text, flags=re.DOTALL)
            formatter.write_text(shown.replace("-", JOINT))


def _empty(param: Any) -> UsageError:
    """Return the error about a value that is there, and empty."""
    if param.param_type_name == "argument":
        name = (param.metavar or param.name).strip("[]")
        return UsageError(f"{name} is empty", next="give one, or leave it out with its quotes")
    name = max(param.opts, key=len)
    return UsageError(f"{name} is empty", next=f"give it a value, or leave out {name}")


def _repeated(param: Any) -> UsageError | None:
    """Return the error about an option that is there more than once, where that is one."""
    if param.multiple or not (
        param.name in INSTEAD or ",\N{HORIZONTAL ELLIPSIS}" in (param.metavar or "")
    ):
        return None
    name = max(param.opts, key=len)
    next_ = INSTEAD.get(param.name, f"give it once, all in one: {name} {param.metavar}")
    return UsageError(f"{name} is given more than once, and only the last would count", next=next_)


def _examples(room: int) -> Callable[[re.Match[str]], str]:
    """Return what fits a block of commands, each with what it is for behind two blanks."""

    def fit(block: re.Match[str]) -> str:
        typed = [re.split(r" {2,}", line.strip(), maxsplit=1) for line in block[0].split("\n")]
        if all(len(line.strip()) <= room for line in block[0].split("\n")):
            return block[0]
        from enrichctl.render.command_line import command_lines  # noqa: PLC0415 - only for help

        lines = []
        for command, *gloss in typed:
            lines += command_lines(command, room)
            lines += (f"    {text}" for one in gloss for text in textwrap.wrap(one, room - 4))
        return "\n".join(INDENT + line for line in lines)

    return fit


class GroupedCommand(_Fitted, TyperCommand):
    """A command whose help groups its options, by their ``rich_help_panel``."""

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write the options, one list a group."""
        _write_options(self.get_params(ctx), ctx, formatter)


class Group(_Fitted, TyperGroup):
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


class Family(typer.Typer):
    """Commands under one name, each with help like all others."""

    def __init__(self, name: str) -> None:
        super().__init__(name=name, cls=Group, rich_markup_mode=None, add_completion=False)

    def command(  # type: ignore[override]
        self, name: str
    ) -> Callable[[Callable[..., int]], Callable[..., int]]:
        """Return what makes a function a command; its name is all that commands here need."""
        return super().command(name, cls=GroupedCommand)


class Commands(Mapping[str, Any]):
    """Commands by name, each imported and built when it is asked for: most runs need one of them.

    Args:
        known: Name → ``MODULE:NAME`` of the function, or of the commands of a group.
    """

    def __init__(self, known: Mapping[str, str]) -> None:
        self._known = known
        self._built: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        if name not in self._built:
            module, _, attribute = self._known[name].partition(":")
            known = getattr(import_module(module), attribute)
            app = known if isinstance(known, typer.Typer) else _alone(name, known)
            self._built[name] = typer.main.get_command(app)
        return self._built[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._known)

    def __len__(self) -> int:
        return len(self._known)


def _alone(name: str, run: Callable[..., int]) -> typer.Typer:
    app = typer.Typer(rich_markup_mode=None, add_completion=False)
    app.command(name, cls=GroupedCommand)(run)
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
            formatter.write_dl([(left, right.replace("-", JOINT)) for left, right in records])


def complaint(error: Any) -> UsageError:
    """Return what the parser says about a command line in the words of all other errors."""
    text = error.format_message().rstrip(".")
    for word, better in WORDS.items():
        text = text.replace(f"a valid {word}", f"a {better}")
    for pattern, better in PLAINER:
        text = re.sub(pattern, better, text)
    context = getattr(error, "ctx", None)
    path = context.command_path if context else "enrichctl"
    page = f"{path} -h"
    if text.startswith("No such option") and context and context.parent is None:
        text = text.partition(" (")[0]
        page = f"options of a command stand behind it: {path} COMMAND; {page}"
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
