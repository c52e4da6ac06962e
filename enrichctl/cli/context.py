"""What every command works with: the screen and the configuration."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from enrichctl.errors import UsageError
from enrichctl.render.screen import Screen

if TYPE_CHECKING:
    from enrichctl.config import Settings
    from enrichctl.journal import Journal
    from enrichctl.provider import Provider


class _Context:
    screen = Screen()
    config = ""
    settings: "Settings | None" = None


def set_up(*, color: str, quiet: bool, verbose: int, config: str) -> None:
    """Take in the options that every command has."""
    _Context.screen = Screen(color, quiet=quiet, verbose=verbose)  # type: ignore[arg-type]
    _Context.config = config
    _Context.settings = None


def screen() -> Screen:
    """Return where words for a person go."""
    return _Context.screen


def settings() -> "Settings":
    """Return the configuration, read once.

    Raises:
        UsageError: It cannot be used.
    """
    if _Context.settings is None:
        from enrichctl.config import load  # noqa: PLC0415 - not for help and completion

        _Context.settings = load(config())
    return _Context.settings


def config() -> Path | None:
    """Return the configuration file that ``--config`` names."""
    return Path(_Context.config) if _Context.config else None


def journal() -> "Journal":
    """Open the journal.

    Raises:
        StateError: It cannot be opened.
        UsageError: Another one is wanted, which this version cannot use.
    """
    from enrichctl.config import ensure_private, state_dir  # noqa: PLC0415 - not for help
    from enrichctl.journal import Journal  # noqa: PLC0415 - the same

    if os.environ.get("ENRICHCTL_JOURNAL"):  # the team believes that it shares one
        raise UsageError(
            "ENRICHCTL_JOURNAL names a journal on a server, and this version has only its own",
            next="unset it to use the one that `enrichctl journal path` names",
        )
    return Journal(ensure_private(state_dir()) / "journal.db")


def providers() -> "Iterator[Provider]":
    """Yield all providers that can be used; warn about those that cannot."""
    from enrichctl import registry  # noqa: PLC0415 - not for help and completion

    for one in registry.load_all(settings()):
        if isinstance(one, registry.Broken):
            screen().warn(f"{one.message}; {one.next}" if one.next else one.message)
        else:
            yield one
