"""Providers without code: a definition in TOML says what to send and what comes back.

``schema``
    what a definition may say; ``checking``: whether it holds together.
``expressions``, ``templates``
    its two small languages: JMESPath for what comes back, ``{field}`` for what is sent.
``asking``, ``meaning``, ``batches``, ``later``, ``provider``, ``queue``
    what becomes of it.
``definitions``
    those that come with the program.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from enrichctl.declared.checking import Where, read
from enrichctl.declared.provider import Declared, DeclaredLookup
from enrichctl.declared.queue import DeclaredQueue
from enrichctl.declared.schema import Rule
from enrichctl.provider import Provider

__all__ = ["Where", "define", "described", "starter"]


def define(name: str, table: Mapping[str, Any], where: Where) -> Provider:
    """Return the provider of a definition.

    Args:
        name: What it is called after ``-p``.
        table: The definition, without the keys that every ``[providers.NAME]`` may have.
        where: Makes an error of a key and what is wrong with it.

    Raises:
        UsageError: The definition cannot be used; nothing was sent.
    """
    definition = read(name, table, where)
    queue = definition.poll is not None or definition.request.batch is not None
    return (DeclaredQueue if queue else DeclaredLookup)(name, definition)


def starter(name: str) -> tuple[str, str]:
    """Return a definition to fill in, and exchanges that it passes as it is."""
    folder = Path(__file__).parent / "starter"
    texts = ((folder / file).read_text("utf-8") for file in ("definition.toml", "exchanges.json"))
    definition, exchanges = (
        text.replace("NAMEUP", name.upper()).replace("NAME", name) for text in texts
    )
    return definition, exchanges


def described(provider: Provider) -> Iterator[tuple[str, str]]:
    """Yield what a definition has a provider send and understand, in words."""
    if not isinstance(provider, Declared):
        return
    d = provider.definition
    request = d.request
    batch = f", up to {request.batch.max} people a call" if request.batch else ""
    yield "asks by", f"{request.method} {request.path.text}{batch}"
    if d.poll:
        every = f"every {d.poll.every:g} s, for {d.poll.give_up / 60:g} min at most"
        yield "looks by", f"{d.poll.method} {d.poll.path.text} {every}"
    if d.verify:
        yield "verifies by", f"{d.verify.request.method} {d.verify.request.path.text}"
    if d.idempotency:
        yield "repeats", f"lost calls, under a key in {d.idempotency}"
    for field, path in d.response.items():
        yield field, path.text
    for kind in type(d.meaning).model_fields:
        if rules := getattr(d.meaning, kind):
            yield kind, "; ".join(_said(rule) for rule in rules)


def _said(rule: Rule) -> str:
    parts = [str(rule.status or ""), f"when {rule.when.text}" if rule.when else ""]
    return " ".join(filter(None, parts))
