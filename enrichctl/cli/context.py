"""What every command works with: the screen and the configuration."""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from enrichctl.errors import UsageError
from enrichctl.render.screen import Screen

if TYPE_CHECKING:
    from enrichctl.config import Settings
    from enrichctl.journal import Journal
    from enrichctl.journal.contract import Store
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

        found = load(config())
        if found.path is not None:
            from enrichctl import registry  # noqa: PLC0415 - only with a file

            registry.check(found)
        _Context.settings = found
    return _Context.settings


def config() -> Path | None:
    """Return the configuration file that ``--config`` names."""
    return Path(_Context.config) if _Context.config else None


def journal(*, sandbox: bool = False) -> "Journal":
    """Open the journal; that of rehearsals is never a team's.

    Raises:
        StateError: It cannot be opened.
        UsageError: Its address leads nowhere.
    """
    from enrichctl.journal import Journal  # noqa: PLC0415 - not for help

    return Journal(store(sandbox=sandbox), tell=screen().warn)


@contextmanager
def journal_to_read(*, sandbox: bool = False) -> "Iterator[Journal]":
    """Open the journal for what only asks it; nothing is made, and none of its folder written to.

    That of rehearsals is never a team's.

    Raises:
        StateError: It cannot be opened.
        UsageError: Its address leads nowhere.
    """
    from enrichctl.config import state_dir  # noqa: PLC0415 - not for help
    from enrichctl.journal import Journal, borrowed  # noqa: PLC0415 - the same

    folder = state_dir()
    with ExitStack() as stack:
        is_away = bool(_address()) and not sandbox
        if borrowed.is_usable(folder, server=is_away):
            yield stack.enter_context(journal(sandbox=sandbox))
            return
        folder = stack.enter_context(borrowed.copied(folder))
        yield stack.enter_context(Journal(store(folder, sandbox=sandbox), tell=screen().warn))


@contextmanager
def journals_to_read() -> "Iterator[list[Journal]]":
    """Open all journals that hold runs of ours: a team's, and then that of rehearsals as well.

    Raises:
        StateError: One of them cannot be opened.
        UsageError: Its address leads nowhere.
    """
    with ExitStack() as stack:
        opened = [stack.enter_context(journal_to_read())]
        if opened[0].store.is_shared:
            opened.append(stack.enter_context(journal_to_read(sandbox=True)))
        yield opened


def _address() -> str:
    return os.environ.get("ENRICHCTL_JOURNAL") or settings().journal


def store(folder: Path | None = None, *, sandbox: bool = False) -> "Store":
    """Return what the journal is kept in: a team's server, or the user's own file.

    Args:
        folder: Where the files of this machine stand; by default where they always do.
        sandbox: That of rehearsals, which are nobody else's business.

    Raises:
        UsageError: Its address leads nowhere.
    """
    from enrichctl.config import ensure_private, state_dir  # noqa: PLC0415 - not for help
    from enrichctl.journal.stores import store_at  # noqa: PLC0415 - the same

    return store_at(
        "" if sandbox else _address(),
        folder or ensure_private(state_dir()),
        password=_journal_password,
        ca_bundle=settings().ca_bundle,
    )


def _journal_password() -> str:
    """Return the password of the journal's server; "" where nobody is to be asked for it."""
    command = settings().journal_password_command
    if not command:
        return ""
    from enrichctl.secrets_store import first_line  # noqa: PLC0415 - few have one

    return first_line(
        command,
        "journal_password_command",
        lambda why: UsageError(f"no password for the journal: {why}", next="correct the command"),
    )


def providers() -> "Iterator[Provider]":
    """Yield all providers that can be used; warn about those that cannot."""
    from enrichctl import registry  # noqa: PLC0415 - not for help and completion

    for one in registry.load_all(settings()):
        if isinstance(one, registry.Broken):
            screen().warn(f"{one.message}; {one.next}" if one.next else one.message)
        else:
            yield one
