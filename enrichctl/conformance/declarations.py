"""Checks what a provider declares, and that its file holds every kind of case."""

from collections.abc import Iterator
from typing import get_args

from enrichctl.conformance.written import Case, Exchanges, Kind
from enrichctl.fields import is_field
from enrichctl.model import Query
from enrichctl.provider import Lookup, Provider, Queue
from enrichctl.providers import names


def examine(provider: Provider) -> Iterator[str]:
    """Yield what is wrong with a provider's declarations."""
    module = type(provider).__module__.rpartition(".")[2]
    if provider.name in names() and module != provider.name:
        yield f"{provider.name} stands in the module {module}"
    items = [item.name for item in provider.login]
    if len(items) != len(set(items)):
        yield "two login items have the same name"
    if not provider.writes and provider.changes(Query({}, provider.default_wants)):
        yield "it says that asking changes something, but not what"
    yield from _fields(provider)
    yield from _price(provider)
    yield from _numbers(provider)


def _fields(provider: Provider) -> Iterator[str]:
    if not provider.needs or not all(provider.needs):
        yield "needs must name what identifies a lead"
    for told in (*provider.needs, provider.optional_inputs):
        if undeclared := set(told) - set(provider.uses):
            yield f"needs or hints name what uses does not: {', '.join(sorted(undeclared))}"
    for name in sorted({*provider.uses, *provider.finds, *provider.default_wants}):
        if not is_field(name):
            yield f"there is no field {name!r}"
    if lacking := [name for name in provider.default_wants if not provider.can_find(name)]:
        yield f"it wants by default what it cannot find: {', '.join(lacking)}"


def _price(provider: Provider) -> Iterator[str]:
    price, wants = provider.price, provider.default_wants
    if any(cost < 0 for cost in (price.each, *price.items.values())):
        yield "a price is negative"
    elif price.billed != "no" and wants and price.most(wants) <= 0:
        yield "it is billed, but what it wants by default costs nothing"


def _numbers(provider: Provider) -> Iterator[str]:
    if provider.timeout <= 0 or provider.patience < 0 or provider.workers < 1:
        yield "timeout, patience and workers must be positive"
    if isinstance(provider, Lookup) and bool(provider.key_header) != (provider.key_hours > 0):
        yield "key_header and key_hours go together"
    if isinstance(provider, Queue) and (provider.batch_max < 1 or provider.poll_every <= 0):
        yield "batch_max and poll_every must be positive"


def compare(provider: Provider, written: Exchanges) -> Iterator[str]:
    """Yield where a file of exchanges does not fit the provider, or holds too little."""
    if written.provider != provider.name:
        yield f"the file is of {written.provider}, not of {provider.name}"
    if isinstance(provider, Lookup | Queue) and provider.key_header != written.key_header:
        yield (
            f"the idempotency key goes into {written.key_header or 'no header'},"
            f" not into {provider.key_header or 'none'}"
        )
    if unknown := set(written.login) - {item.name for item in provider.login}:
        yield f"no login item is called {', '.join(sorted(unknown))}"
    for case in written.cases:
        for complaint in _questions(provider, case):
            yield f"{case.name}: {complaint}"
    yield from _lacking(provider, written)


def _questions(provider: Provider, case: Case) -> Iterator[str]:
    """Yield why the engine would never ask what a case asks."""
    for asked in case.asked:
        if unknown := set(asked.told) - set(provider.uses):
            yield f"it does not say that it uses {', '.join(sorted(unknown))}"
        if unknown := {name for name in asked.wants if not provider.can_find(name)}:
            yield f"it cannot find {', '.join(sorted(unknown))}"
        if provider.per_field and len(asked.wants) > 1:
            yield "it is asked for one field at a time"
    submitted = [asked for asked in case.asked if not asked.ticket]
    if len(submitted) > 1:
        if not isinstance(provider, Queue):
            yield "it takes one query at a time"
            return
        words = {provider.together(asked.query({})) for asked in submitted}
        if len(submitted) > provider.batch_max or len(words) > 1 or "" in words:
            yield "these queries do not go into one submission"


def _lacking(provider: Provider, written: Exchanges) -> Iterator[str]:
    """Yield kinds of case that are missing without a reason, or excused without need."""
    required: set[str] = set(get_args(Kind)) - {"refused in bulk", "recovered"}
    if isinstance(provider, Queue) and provider.batch_max > 1:
        required.add("refused in bulk")
    if isinstance(provider, Lookup) and provider.recovers:
        required.add("recovered")
    held: set[str] = {kind for case in written.cases for kind in case.kinds}
    excused: set[str] = set(written.cannot)
    for kind in sorted(required - held - excused):
        yield f"no case is a {kind!r}, and cannot does not say why"
    for kind in sorted(excused & held):
        yield f"{kind!r} is excused under cannot, but there is a case of it"
