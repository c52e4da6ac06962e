"""The providers, one module or package each; a new one here is a new provider.

A module is imported when its provider is named, never to list the names. The folders of vendors
have the same files: ``__init__.py`` declares and holds the class, ``requests.py`` is what is asked,
``replies.py`` what answers and refusals mean, with the vendor's keys, and ``records.py`` which of
the vendor's records a row means.
"""

import pkgutil
from importlib import import_module
from inspect import isabstract

from enrichctl.errors import UsageError
from enrichctl.provider import Provider


def names() -> tuple[str, ...]:
    """Return the names of all providers, the free one first."""
    found = {module.name for module in pkgutil.iter_modules(__path__)}
    return tuple(sorted(found, key=lambda name: (name != "offline", name)))


def load(name: str) -> Provider:
    """Return a provider by its name.

    Raises:
        UsageError: There is none of that name.
    """
    if name not in names():
        raise UsageError(f"no provider is called {name!r}", next="enrichctl providers")
    module = import_module(f"{__name__}.{name}")
    for thing in vars(module).values():
        own = isinstance(thing, type) and thing.__module__ == module.__name__
        if own and issubclass(thing, Provider) and not isabstract(thing) and thing.name == name:
            provider: Provider = thing()
            return provider
    raise UsageError(f"the provider module {name} defines no provider of that name")
