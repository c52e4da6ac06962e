"""Takes a login from a person at a terminal, or from a pipe. Never from arguments."""

import sys
from typing import TYPE_CHECKING

from enrichctl.cli import context
from enrichctl.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from enrichctl.provider import LoginItem, Remote

LONGEST = 65_536  # characters read from stdin: a key is shorter


def given(
    provider: "Remote", optional: list[str], keepable: "Callable[[], None]"
) -> dict[str, str]:
    """Return the parts of a login that the user gives: item → value.

    ``keepable`` raises where nothing can be kept: it is called before somebody types a key for
    nothing, and of a pipe only once it has brought one.

    Raises:
        UsageError: A part is unknown, or nothing was given.
    """
    known = {part.name: part for part in provider.login}
    for name in optional:
        if name not in known:
            raise UsageError(
                f"the login of {provider.name} has no {name!r}", next=f"one of {', '.join(known)}"
            )
    prompts = sys.stdin.isatty()
    if prompts:
        keepable()
        asked = [part for part in provider.login if part.required or part.name in optional]
        typed = {part.name: _prompt(provider, part) for part in asked}
    else:
        typed = _read(known)
    typed = {name: value for name, value in typed.items() if value}
    if not typed:
        raise UsageError("no key was given; nothing is kept", next="type it, or pipe it in")
    if not prompts:
        keepable()
    return typed


def _prompt(provider: "Remote", part: "LoginItem") -> str:
    from getpass import getpass  # noqa: PLC0415 - only at a terminal

    prompt = f"{provider.title} {part.prompt}: "
    try:
        if part.secret:
            return getpass(prompt).strip()
        default = f" [{part.default}]" if part.default else ""
        return context.screen().type(f"{prompt[:-2]}{default}: ")
    except EOFError:  # Ctrl-D
        return ""


def _read(known: "dict[str, LoginItem]") -> dict[str, str]:
    """Read ``item=value`` lines; what names no item is the API key."""
    given: dict[str, str] = {}
    key = "api_key" if "api_key" in known else next(iter(known))
    for line in sys.stdin.read(LONGEST).splitlines():
        name, equals, value = line.strip().partition("=")
        if equals and name in known:
            given[name] = value.strip()
        elif line.strip() and key in given:
            raise UsageError(
                "stdin holds more than one line that names no part of the login",
                next=f"write ITEM=VALUE, with one of {', '.join(known)}",
            )
        elif line.strip():
            given[key] = line.strip()
    return given
