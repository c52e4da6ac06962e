"""Providers of the user's own: a definition to begin with, what it says, and whether it holds."""

import json
import re
import shlex
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from enrichctl.cli import context
from enrichctl.errors import ExitStatus, OutputError, UsageError

if TYPE_CHECKING:
    from enrichctl.provider import Provider


def new(
    name: Annotated[str, typer.Argument(metavar="NAME", help="What it is to be called.")],
    output: Annotated[
        str, typer.Option("-o", "--output", metavar="PATH", help="Default: NAME.toml.")
    ] = "",
    force: Annotated[bool, typer.Option("--force", help="Replace files that are there.")] = False,
) -> int:
    """Write a definition to fill in: a provider without code.

    Every key is explained in it. Next to it goes a file of written exchanges, by which it can be
    tried without a key and without money.

    \b
      enrichctl providers new acme
      enrichctl providers check acme.toml --suite
    """
    from enrichctl import registry  # noqa: PLC0415 - not for help and completion
    from enrichctl.config import config_path  # noqa: PLC0415 - the same
    from enrichctl.declared import starter  # noqa: PLC0415 - the same
    from enrichctl.render.fitted import Command  # noqa: PLC0415 - draws

    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        raise UsageError(
            f"{name!r} is no name for a provider", next="lower-case letters, digits and _"
        )
    settings = context.settings()
    if name in registry.nearby(settings) and not settings.tables.get(name):
        raise UsageError(
            f"a provider is called {name} already", next=f"enrichctl providers show {name}"
        )
    path = Path(output or f"{name}.toml")
    if path.is_dir():
        within = shlex.quote(str(path / f"{name}.toml"))
        raise OutputError(f"{path} is a directory", next=f"name a file: -o {within}")
    texts = dict(zip((path, exchanges_beside(path)), starter(name), strict=True))
    for each in texts:
        if each.exists() and not force:
            raise OutputError(f"{each} is there already", next="choose another with -o, or --force")
    for each, text in texts.items():
        try:
            each.write_text(text, "utf-8")
        except OSError as error:
            raise OutputError(
                f"{each} cannot be written: {error.strerror}", next="choose another with -o PATH"
            ) from None
    registry.defined_in(path, name)
    screen = context.screen()
    screen.say(f"wrote {path} and {exchanges_beside(path)}", style="bold")
    config = settings.path or context.config() or config_path()
    as_toml = json.dumps(str(path.resolve()), ensure_ascii=False)  # a string is written alike
    screen.say(f"put in {config}:\n\n[providers.{name}]\nfile = {as_toml}\n")
    screen.say(Command("then: ", f"enrichctl providers check {name} --suite"))
    screen.say(Command("      ", f"enrichctl providers login {name}"))
    return ExitStatus.DONE


def exchanges_beside(path: Path) -> Path:
    """Return where the written exchanges of a definition are looked for."""
    return path.with_name(f"{path.stem}.exchanges.json")


def play(name: str, exchanges: Path | None) -> int:
    """Run the conformance suite and print what every case showed; return the exit status.

    Raises:
        UsageError: There is no such provider, or its exchanges are not found.
    """
    from enrichctl import conformance, registry  # noqa: PLC0415 - not for help and completion
    from enrichctl.cli.providers.provider_info import one  # noqa: PLC0415 - the same
    from enrichctl.provider import Remote  # noqa: PLC0415 - slow to import
    from enrichctl.render.listing import show  # noqa: PLC0415 - draws
    from enrichctl.render.screen import clean  # noqa: PLC0415 - the same

    if not name:
        raise UsageError("--suite is for one provider", next="enrichctl providers check NAME")
    provider = one(name)
    if not isinstance(provider, Remote):
        raise UsageError(f"{provider.name} sends nothing: there are no exchanges to play")
    path = exchanges or _exchanges_of(name, registry.defining_file(name, context.settings()))
    screen, failed, cases = context.screen(), 0, 0
    for verdict in conformance.run(partial(one, name), path):
        cases += 1
        failed += bool(verdict.complaints)
        show(screen, f"{'FAILED' if verdict.complaints else 'ok    '}  {clean(verdict.name)}")
        for complaint in verdict.complaints:
            show(screen, f"        {clean(complaint)}")
    settings = context.settings()
    if name.endswith(".toml") and not registry.is_all(Path(name), settings):
        screen.note(
            f"{name} by itself: what [providers.{provider.name}] in {settings.path} says is left"
            f" aside; enrichctl providers check {provider.name} --suite takes both"
        )
    if failed and _is_starter(path, provider.name):
        screen.warn(
            f"{path} is as `providers new` wrote it: the requests and replies in it are those of"
            " the template; write down those of your definition"
        )
    screen.say(f"{provider.name}: {cases - failed} of {cases} hold ({path})")
    return ExitStatus.SOME_FAILED if failed else ExitStatus.DONE


def _exchanges_of(name: str, place: Path | None) -> Path:
    """Return the file of exchanges next to a definition."""
    place = Path(name) if name.endswith(".toml") else place
    if place is None:
        raise UsageError(
            f"the exchanges of {name} are not known", next="name them: --exchanges PATH"
        )
    paths = [exchanges_beside(place), place.with_name(f"{Path(name).stem}.exchanges.json")]
    for path in paths:
        if path.is_file():
            return path
    raise UsageError(f"there is no {paths[0]}", next="name the file: --exchanges PATH")


def _is_starter(path: Path, name: str) -> bool:
    """Tell whether a file of exchanges is still that of the template."""
    from enrichctl.declared import starter  # noqa: PLC0415 - needs pydantic

    return path.read_text("utf-8") == starter(name)[1]


def explain(provider: "Provider") -> None:
    """Print what a definition has a provider send, and what it makes of the replies."""
    from enrichctl import registry  # noqa: PLC0415 - not for help and completion

    if registry.origin(provider.name, context.settings()) != "declared":
        return
    from enrichctl.declared import described  # noqa: PLC0415 - needs pydantic
    from enrichctl.render.listing import pairs, show  # noqa: PLC0415 - draws

    place = registry.defining_file(provider.name, context.settings())
    facts = [("defined in", str(place))] if place else []
    show(context.screen(), "", pairs([*facts, *described(provider)]))
