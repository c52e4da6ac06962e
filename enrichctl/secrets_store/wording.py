"""What a login item is called, and what is said when it cannot be had."""

import re

from enrichctl.errors import LoginMissing


def variable(name: str, item: str) -> str:
    """Return the environment variable of a provider's login item."""
    return re.sub(r"[^A-Z0-9]", "_", f"ENRICHCTL_{name}_{item}".upper())


def missing(name: str, item: str, why: str) -> LoginMissing:
    """Return the error for an item that cannot be had, naming the variable to use instead."""
    return LoginMissing(
        f"no {item_in_words(item)} for {name}: {why}", next=f"set {variable(name, item)}"
    )


def item_in_words(item: str) -> str:
    """Return a login item's name as it is said in a sentence."""
    return item.replace("api_key", "API key").replace("_", " ")


def refuse_unprintable(name: str, item: str, value: str, source: str) -> None:
    """Refuse what no vendor gives out: a pasted line break, an invisible character, nothing."""
    if not value or not value.isprintable() or value != value.strip():
        raise missing(
            name, item, f"{source} holds a space at its ends, an invisible character, or nothing"
        )


def error_kind(error: Exception) -> str:
    """Say what went wrong without an exception's own words, which may quote what was read."""
    return error.strerror or "" if isinstance(error, OSError) else type(error).__name__
