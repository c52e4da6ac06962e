"""Every provider by name, wherever it comes from.

``built-in``
    a module of `enrichctl.providers`.
``declared``
    a ``[providers.NAME]`` table in the configuration, a file that it names, or a definition that
    comes with the program; a table of the user's own counts as one.
``package``
    an installed package with the entry point group ``enrichctl.providers``.

Packages are looked for last: finding them takes longer than all the rest of a short command.
"""

import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from enrichctl import providers
from enrichctl.config import Place, ProviderSettings, Settings, stands_at
from enrichctl.errors import UsageError, did_you_mean
from enrichctl.fields import declare
from enrichctl.provider import Provider, Remote

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

    from enrichctl.matching.conditions import Condition

GROUP = "enrichctl.providers"
SHIPPED = Path(__file__).parent / "declared" / "definitions"
Origin = Literal["built-in", "declared", "package"]
# What any [providers.NAME] may have, and is no part of a definition.
_SETTINGS = {
    "kind", "file", "account", "key_command", "budget", "only_if", "currency", "concurrency",
    "save", "warn_below",
}  # fmt: skip

_OF_TABLES = {"only_if"}  # of those, what a table may have: nobody is paid, or logged in


class Broken(UsageError):
    """A package cannot be used; the others can."""


def check(settings: Settings) -> None:
    """Check what a configuration says of providers: every command that reads one does that first.

    A package that fails is none of its mistakes, and neither is a definition that cannot be used:
    whoever needs that provider is told.

    Raises:
        UsageError: A name is nobody's, a key is no setting, a condition cannot be read, or whoever
            is to verify addresses cannot.
    """
    _check_names(settings)
    verifier_of(settings)
    for name, own in settings.tables.items():
        condition_of(name, settings)
        if own.login and not own.kind:
            with suppress(Broken):
                load(name, settings)


def nearby(settings: Settings) -> tuple[str, ...]:
    """Return the names of all providers that can be found without looking at packages."""
    defined = (name for name in settings.tables if settings.tables[name].kind)
    return _sorted({*providers.names(), *defined, *_shipped()})


def names(settings: Settings) -> tuple[str, ...]:
    """Return the names of all providers, the free one first.

    Raises:
        UsageError: A table in the configuration has the name of a built-in provider, or one that
            no provider has.
    """
    _check_names(settings)
    return _sorted({*nearby(settings), *_packages()})


def is_known(name: str, settings: Settings) -> bool:
    """Tell whether a provider has a name; packages are looked at where no other one has it."""
    return name in nearby(settings) or name in _packages()


def load(name: str, settings: Settings, tell: Callable[[str], None] | None = None) -> Provider:
    """Return a provider by its name.

    Args:
        name: As typed after ``-p``.
        settings: The configuration.
        tell: Is told what takes long, in words.

    Raises:
        UsageError: There is none of that name, or its definition cannot be used.
        Broken: Its package fails.
    """
    found = _load(name, settings, tell)
    own = settings.tables.get(name, ProviderSettings())
    if not own.kind:  # else all of its table was checked as a definition
        items = [item.name for item in found.login] if isinstance(found, Remote) else []
        for key in own.login:
            if key not in items:
                where = Place(settings.path or Path("config.toml"), ("providers", name))
                raise where.wrong((key,), "is not a setting" + did_you_mean(key, items))
    return found


def _load(name: str, settings: Settings, tell: Callable[[str], None] | None) -> Provider:
    _check_names(settings)
    if name in providers.names():
        return providers.load(name)
    own = settings.tables.get(name, ProviderSettings())
    if own.kind:
        return _defined(name, own, settings, tell)
    if name in _shipped():
        return defined_in(shipped(name), name)
    if name in _packages():
        return _packaged(_packages()[name])
    known = names(settings)
    raise UsageError(
        f"no provider is called {name!r}{did_you_mean(name, known)}", next="enrichctl providers"
    )


def condition_of(name: str, settings: Settings) -> "Condition | None":
    """Return the condition under which a provider is asked; None where there is none.

    Raises:
        UsageError: It cannot be read.
    """
    own = settings.provider(name)
    if not own.only_if:
        return None
    from enrichctl.matching.conditions import ConditionError, read_condition  # noqa: PLC0415 - rare

    try:
        return read_condition(own.only_if)
    except ConditionError as error:
        assert settings.path is not None  # noqa: S101 - it stands in the file
        place = own.place or Place(settings.path, ("providers", name))
        raise place.wrong(("only_if",), str(error)) from None


def verifier_of(settings: Settings) -> Remote | None:
    """Return the provider that verifies addresses; None where none is to.

    Raises:
        UsageError: There is no such provider, or it cannot verify an address.
    """
    name = settings.verify
    if not name:
        return None
    found = load(name, settings) if is_known(name, settings) else None
    if isinstance(found, Remote) and found.can_verify:
        return found
    known, wrong = names(settings), Place(settings.path or Path("config.toml")).wrong
    able = [one.name for one in load_all(settings) if isinstance(one, Remote) and one.can_verify]
    hint = did_you_mean(name, known) if found is None else ""
    why = "is no provider" if found is None else "cannot verify an address"
    what = f"names {name}, which {why}{hint}; one of {', '.join(able)} can verify"
    raise wrong(("waterfall", "verify"), what)


def load_all(settings: Settings) -> Iterator[Provider | Broken]:
    """Yield all providers; for one that cannot be used, why."""
    for name in names(settings):
        try:
            yield load(name, settings)
        except Broken as error:
            yield error
        except UsageError as error:
            yield Broken(error.message, next=error.next)
    yield from (_hidden(name, point) for name, point in _hidden_packages(settings))


def origin(name: str, settings: Settings) -> Origin:
    """Tell where a provider comes from."""
    if name in providers.names():
        return "built-in"
    own = settings.tables.get(name)
    if (own and own.kind) or name in _shipped():
        return "declared"
    return "package" if name in _packages() else "declared"  # by a file that is not configured


def defining_file(name: str, settings: Settings) -> Path | None:
    """Return the file that defines a provider; None for code."""
    own = settings.tables.get(name)
    if own is not None and own.place is not None:
        return (own.place.below or own.place).path
    return shipped(name) if name in _shipped() and name not in providers.names() else None


def shipped(name: str) -> Path:
    """Return the file of a definition that comes with the program."""
    return SHIPPED / f"{name}.toml"


def defined_in(path: Path, name: str = "") -> Provider:
    """Return the provider that a file defines, with or without its ``[providers.NAME]`` header.

    Args:
        path: The file.
        name: What it is called; by default as the header says, or else the file.

    Raises:
        UsageError: It cannot be read or used.
    """
    name, table, place = _read(path, name)
    if path.parent != SHIPPED and isinstance(table, Mapping):
        from enrichctl.config.reading import check_definition  # noqa: PLC0415 - rare

        check_definition(name, table, place)
    return _declared(name, table, place)


def is_all(path: Path, settings: Settings) -> bool:
    """Tell whether a definition's file is all that there is to know of its provider."""
    name, table, _ = _read(path, "")
    configured = settings.tables.get(name, ProviderSettings())
    return configured == ProviderSettings() or configured.raw == {"kind": "declared", **table}


def _read(path: Path, name: str) -> tuple[str, Any, Place]:
    """Return what a definition's file calls its provider, its table, and where that stands."""
    import tomllib  # noqa: PLC0415 - a command that names built-in providers reads no TOML

    try:
        document = tomllib.loads(path.read_text("utf-8-sig"), parse_float=Decimal)
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}", next="check the path") from None
    except ValueError as error:  # not UTF-8, or not TOML
        raise UsageError(f"{path} is not TOML: {error}", next="correct the file") from None
    named = document.get("providers")
    if isinstance(named, dict) and named:
        name = name if name in named else next(iter(named))
        return name, named[name], Place(path, ("providers", name))
    return name or path.stem, document, Place(path)


def _sorted(found: set[str]) -> tuple[str, ...]:
    built_in = providers.names()
    return tuple(sorted(found, key=lambda name: (name != "offline", name not in built_in, name)))


def _check_names(settings: Settings) -> None:
    """Refuse names of providers in the configuration that cannot be meant.

    Raises:
        UsageError: One is of nobody: what is set for it, such as a budget, would hold nowhere; or
            a definition has the name of a built-in provider.
    """
    for name in settings.tables:
        _refuse_clash(name, settings)
    named = [
        *((name, ("providers", name)) for name in settings.tables),
        *((name, ("waterfall", "default")) for name in settings.providers),
        *(
            (name, ("waterfall", key))
            for key, chain in settings.waterfall.items()
            for name in chain
        ),
    ]
    near = nearby(settings) if named else ()
    for name, where in named:
        if name not in near and name not in _packages():
            raise _of_nobody(name, where, settings)


def _of_nobody(name: str, where: tuple[str, str], settings: Settings) -> UsageError:
    """Return the error that a name in the configuration is that of no provider."""
    path = settings.path or Path("config.toml")
    hint = did_you_mean(name, (*nearby(settings), *_packages()))
    if where == ("providers", name):
        other = ", and defines none: it has no kind, and no package has a provider of this name"
        return Place(path).wrong(where, f"names no provider{hint or other}")
    here = where if stands_at(path, where) else ("providers",)  # the list may stand there, too
    return Place(path).wrong(here, f"names {name}, which is no provider{hint}")


def _refuse_clash(name: str, settings: Settings) -> None:
    own = settings.tables.get(name)
    if own and own.kind and name in providers.names():
        where = own.place or Place(settings.path or Path("config.toml"), ("providers", name))
        raise where.wrong((), "is built in: give the provider that you define another name")


def _defined(
    name: str, own: ProviderSettings, settings: Settings, tell: Callable[[str], None] | None
) -> Provider:
    assert own.place is not None  # noqa: S101 - every kind has one
    if own.kind == "table":
        from enrichctl.table import define  # noqa: PLC0415 - only for who has one

        folder = (own.place.below or own.place).path.parent
        region = {"region": settings.default_region} if settings.default_region else {}
        how = {"tell": tell} if tell else {}
        table = {key: value for key, value in own.raw.items() if key not in _OF_TABLES}
        return define(name, region | table, folder, wrong=own.place.wrong, **how)
    return _declared(name, own.raw, own.place)


def _declared(name: str, table: Any, where: Place) -> Provider:
    from enrichctl.declared import define  # noqa: PLC0415 - needs pydantic, which is slow to import

    if not isinstance(table, Mapping):
        raise where.wrong((), "must be a table")
    own = {key: value for key, value in table.items() if key not in _SETTINGS}
    return define(name, own, where.wrong)


@cache
def _shipped() -> frozenset[str]:
    return frozenset(path.stem for path in SHIPPED.glob("*.toml"))


def _packages() -> dict[str, "EntryPoint"]:
    """Return name → entry point, of those that hide nothing."""
    return {point.name: point for point in _points() if point.name not in providers.names()}


@cache
def _points() -> Sequence["EntryPoint"]:
    from importlib.metadata import entry_points  # noqa: PLC0415 - slow to import

    return tuple(entry_points(group=GROUP))


def _hidden_packages(settings: Settings) -> Iterator[tuple[str, "EntryPoint"]]:
    taken = {*nearby(settings)}
    return ((point.name, point) for point in _points() if point.name in taken)


def _hidden(name: str, point: "EntryPoint") -> Broken:
    what = "built in" if name in providers.names() else "defined already"
    return Broken(f"{_who(point)} has a provider called {name}, which is {what}: it is left out")


def _packaged(point: "EntryPoint") -> Provider:
    """Return the provider of a package.

    Raises:
        Broken: The package fails, whatever the reason, or what it names is no provider.
    """
    try:
        made = point.load()()
    except (Exception, SystemExit) as error:  # noqa: BLE001 - somebody else's code
        raise Broken(
            f"{_who(point)} fails: {type(error).__name__}",
            next=f"python -c 'import {point.module}' shows why",
        ) from None
    if not isinstance(made, Provider) or made.name != point.name:
        raise Broken(
            f"{_who(point)} names no provider called {point.name}: {point.value}",
            next="it must name a subclass of enrichctl.provider.Provider of that name",
        )
    _declare_fields(point)
    return made


def _declare_fields(point: "EntryPoint") -> None:
    """Make known the ids that a package declares next to its code, as vendors' folders do here."""
    from importlib.resources import files  # noqa: PLC0415 - slow to import

    package = sys.modules[point.module].__package__  # "" of a module alone: that has no folder
    path = files(package).joinpath("fields.txt") if package else None
    if path is None or not path.is_file():
        return
    try:
        declare(point.name, path.read_text("utf-8"))
    except ValueError as error:
        raise Broken(f"{_who(point)} has a fields.txt that cannot be used: {error}") from None


def _who(point: "EntryPoint") -> str:
    by = point.dist.name if point.dist else "unknown"
    package = re.split(r"[.:]", point.value)[0]
    return f"the package {package} (distribution {by})"
