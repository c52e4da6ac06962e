"""What a command takes: said once, in words of our own, without loading a parser.

Typer makes help, completion and complaints of it (`usage`), which takes longer to load than most
commands run. A command line that is typed as usual is read without it (`plain_words`).
"""

from collections.abc import Callable, Mapping
from typing import Annotated, Any, NamedTuple

from enrichctl import __version__


class Parameter(NamedTuple):
    """An option or an argument, beside its type in ``Annotated``.

    Attributes:
        names: Of an option, as they are typed, ``--on/--off`` where it can be refused; none where
            it is called as its field is. An argument has none.
        said: The rest, in the words of Typer: ``help``, ``metavar``, ``min``, ``callback``, ….
        is_argument: Whether it is told by its place.
    """

    names: tuple[str, ...]
    said: Mapping[str, Any]
    is_argument: bool = False


def option(*names: str, **said: Any) -> Parameter:
    """Return an option; see `Parameter`."""
    return Parameter(names, said)


def argument(**said: Any) -> Parameter:
    """Return an argument; see `Parameter`."""
    return Parameter((), said, is_argument=True)


def takes(options: type[Any]) -> Callable[[Callable[..., int]], Callable[..., int]]:
    """Let a command take the options that are the fields of a named tuple, each said once.

    A dataclass of that many would take ten times as long to make, at every key press.
    """

    def set_up(command: Callable[..., int]) -> Callable[..., int]:
        command.options = options  # type: ignore[attr-defined]
        return command

    return set_up


def _version(value: bool) -> bool:
    if value:
        import typer  # noqa: PLC0415 - slow to import

        typer.echo(f"enrichctl {__version__}")
        raise typer.Exit
    return value


class CommonOptions(NamedTuple):
    """The options that every command has."""

    version: Annotated[
        bool,
        option("--version", "-V", help="Show the version.", callback=_version, is_eager=True),
    ] = False
    verbose: Annotated[
        int, option("--verbose", "-v", count=True, show_default=False, help="Say more.")
    ] = 0
    quiet: Annotated[bool, option("--quiet", "-q", help="Say nothing but what needs a person.")] = (
        False
    )
    color: Annotated[
        str, option(metavar="WHEN", show_default=False, help="auto, always or never.")
    ] = "auto"
    config: Annotated[str, option(metavar="PATH", help="Configuration file to use.")] = ""
