"""What is to be said of a provider: its declarations, where it comes from, who is logged in."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from enrichctl import registry
from enrichctl.cli import context
from enrichctl.errors import EnrichctlError
from enrichctl.reasons import said_by

if TYPE_CHECKING:
    from enrichctl.model import Credits
    from enrichctl.price import Price
    from enrichctl.provider import Provider
    from enrichctl.secrets_store import FoundLogin


def one(name: str) -> "Provider":
    """Return a provider by its name, or by the path of its definition.

    Raises:
        UsageError: There is none.
    """
    if name.endswith(".toml"):
        return registry.defined_in(Path(name))
    return registry.load(name, context.settings())


def entry(provider: "Provider") -> dict[str, Any]:
    """Return a provider as plain values, shaped like its document."""
    state, source = _login(provider)
    return {
        "name": provider.name,
        "title": provider.title,
        "origin": registry.origin(provider.name, context.settings()),
        "needs": [list(need) for need in provider.needs],
        "uses": [name for name in provider.uses if name not in provider.never_sent],
        "finds": list(provider.finds),
        "default_wants": list(provider.default_wants),
        "writes": provider.writes or None,
        "billed": provider.price.billed,
        "price": _price(provider.price),
        "sold_with_save": _is_sold_with_save(provider),
        "rates": [rate._asdict() | {"group": rate.group or None} for rate in provider.rates],
        "login": {"state": state, "source": source},
    }


def needs_for(provider: "Provider") -> "Iterator[tuple[list[str], list[tuple[str, ...]]]]":
    """Yield fields for which less will do than what identifies a lead, or more, with what does."""
    from enrichctl.fields import kind_of  # noqa: PLC0415 - not for help
    from enrichctl.model import Query  # noqa: PLC0415 - the same

    ids = [need for need in provider.needs if any(kind_of(name) == "id" for name in need)]
    told = [set(need) for need in provider.needs if need not in ids]
    said: dict[tuple[tuple[str, ...], ...], list[str]] = {}
    for name, found in provider.takes_more(Query({}, tuple(provider.finds))).items():
        ways = tuple(map(tuple, found))
        if not all(any(need >= {*way} for way in ways) for need in told):
            by_id = [
                n for n in ids if not provider.takes_more(Query(dict.fromkeys(n, "1"), (name,)))
            ]
            said.setdefault((*by_id, *ways), []).append(name)
    for ways, names in said.items():
        yield names, list(ways)


def document(providers: "Iterable[Provider]", *, schema: bool) -> None:
    """Print the document of these providers, or its schema."""
    from enrichctl.cli.documents import ProvidersDocument  # noqa: PLC0415 - slow to import

    if schema:
        ProvidersDocument.show_schema()
    else:
        entries = [entry(provider) for provider in providers]
        ProvidersDocument.show({"providers": entries})


def _is_sold_with_save(provider: "Provider") -> bool:
    """Tell whether nothing is charged but for what is stored at the provider as well."""
    from enrichctl.model import Query  # noqa: PLC0415 - not for help

    wants = provider.default_wants
    return bool(wants) and not provider.sold(Query({}, wants))


def _price(price: "Price") -> dict[str, Any]:
    items = dict(price.items)
    return items | {"each": price.each} if price.each else items


def to_verify(provider: "Provider") -> "Credits | None":
    """Return what it costs at most to verify an address; None where it cannot."""
    most = provider.charged_to_verify.most
    return most(("email_status",)) if provider.can_verify else None


def find(provider: "Provider") -> "FoundLogin":
    """Look for a provider's login."""
    from enrichctl.secrets_store import find_login  # noqa: PLC0415 - not for help

    own = context.settings().provider(provider.name)
    found = find_login(provider.name, provider.login, own, os.environ)
    if found.trouble:
        context.screen().warn(found.trouble)
    return found


def _login(provider: "Provider") -> tuple[str, str | None]:
    """Return whether a provider could be asked, and where its key comes from."""
    if not provider.login:
        return "not_needed", None
    try:
        found = find(provider)
    except EnrichctlError as error:
        context.screen().warn(said_by(provider.name, error.message))
        return "missing", None
    first = next((part for part in provider.login if part.secret), provider.login[0])
    return ("missing" if found.missing else "ready"), found.source_of(first.name) or None


def items(provider: "Provider") -> Iterator[dict[str, Any]]:
    """Yield each part of a login with its variable and source, never its value."""
    from enrichctl.secrets_store import variable  # noqa: PLC0415 - not for help

    try:
        found = find(provider) if provider.login else None
    except EnrichctlError as error:
        context.screen().warn(said_by(provider.name, error.message))
        found = None
    for part in provider.login:
        yield {
            "name": part.name,
            "prompt": part.prompt,
            "variable": variable(provider.name, part.name),
            "required": part.required,
            "instead": part.instead,
            "secret": part.secret,
            "source": found.source_of(part.name) if found else "",
        }


def base_url(provider: "Provider") -> str:
    """Return where a provider would be asked; "" when that takes a login that is missing."""
    from enrichctl.provider import Remote  # noqa: PLC0415 - slow to import

    if not isinstance(provider, Remote):
        return ""
    try:
        return provider.connect(find(provider)).base_url
    except EnrichctlError as error:
        context.screen().note(said_by(provider.name, error.message))
        return ""
