"""Dataclasses with slots that cost little to declare: what most commands never call is not made.

``dataclass`` here is that of the standard library to whoever reads or checks the code. That one
compiles up to eight methods for each class when it is declared, half a millisecond or more; a
command declares dozens of classes and makes records of few. Here ``__init__`` is compiled when the
first record is made, and the other methods are the same for all.

A class has no base that is a dataclass and no ``__post_init__``; of what `dataclasses.field` can
say of a field, only its ``default_factory`` is understood. Others take the standard library's.
"""

from collections.abc import Callable
from dataclasses import MISSING, Field, FrozenInstanceError, make_dataclass
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

__all__ = ["dataclass"]

T = TypeVar("T")

if TYPE_CHECKING:
    from dataclasses import dataclass
else:

    def dataclass(*, slots: bool, frozen: bool = False) -> Callable[[type[T]], type[T]]:
        """Return what makes a dataclass of a class; only those with ``slots`` can be had here."""
        assert slots  # noqa: S101 - said by whoever declares it, as for the standard library's

        def declare(cls: type[T]) -> type[T]:
            return _declare(cls, frozen=frozen)

        return declare


def _declare(cls: type[T], *, frozen: bool) -> type[T]:
    """Return a class anew, with a slot for each of its fields and the methods of a dataclass."""
    own = dict(cls.__dict__)
    kinds = {
        name: kind for name, kind in own.get("__annotations__", {}).items() if not _of_class(kind)
    }
    defaults = {name: own.pop(name) for name in kinds if name in own}
    if not all(map(_is_plain, defaults.values())):
        raise TypeError(f"{cls.__name__} takes the standard library's dataclass")
    for made in ("__dict__", "__weakref__"):
        own.pop(made, None)
    methods: dict[str, Any] = {
        "__slots__": tuple(kinds),
        "__match_args__": tuple(kinds),
        "__dataclass_fields__": _Fields(kinds, defaults),
        "__repr__": _repr,
        "__eq__": _eq,
        "__hash__": _hash if frozen else None,
    }
    if frozen:
        methods |= {
            "__setattr__": _refuse,
            "__delattr__": _refuse,
            "__getstate__": _values,
            "__setstate__": _restore,
        }
    make: Callable[..., Any] = type(cls)
    made = make(cls.__name__, cls.__bases__, methods | own)
    made.__qualname__ = cls.__qualname__
    made.__init__ = _first_init(made, kinds, defaults, frozen=frozen)
    return made  # type: ignore[no-any-return]


def _of_class(kind: Any) -> bool:
    return getattr(kind, "__origin__", kind) is ClassVar


def _is_plain(default: Any) -> bool:
    """Tell whether a default is a value, or says nothing of a field but what makes one."""
    if not isinstance(default, Field):
        return True
    said = default.init, default.repr, default.compare, default.hash, default.kw_only
    return default.default_factory is not MISSING and said == (True, True, True, None, MISSING)


def _first_init(
    cls: type, kinds: dict[str, Any], defaults: dict[str, Any], *, frozen: bool
) -> Callable[..., None]:
    """Return the ``__init__`` of the first record: it puts the real one in its own place."""

    def __init__(self: Any, *given: Any, **named: Any) -> None:  # noqa: N807 - a method's name
        cls.__init__ = made = _init(cls, kinds, defaults, frozen=frozen)  # type: ignore[misc]
        made(self, *given, **named)

    return __init__


def _init(
    cls: type, kinds: dict[str, Any], defaults: dict[str, Any], *, frozen: bool
) -> Callable[..., None]:
    """Compile the ``__init__`` of a class."""
    known: dict[str, Any] = {"__missing": MISSING}
    given, lines = ["self"], []
    for name in kinds:
        value = name
        if name not in defaults:
            given.append(name)
        elif isinstance(default := defaults[name], Field):
            known[f"__make_{name}"] = default.default_factory
            value = f"__make_{name}() if {name} is __missing else {name}"
            given.append(f"{name}=__missing")
        else:
            known[f"__default_{name}"] = default
            given.append(f"{name}=__default_{name}")
        if frozen:
            known[f"__set_{name}"] = getattr(cls, name).__set__
            lines.append(f" __set_{name}(self, {value})")
        else:
            lines.append(f" self.{name} = {value}")
    exec(f"def __init__({', '.join(given)}):\n" + "\n".join(lines or [" pass"]), known)  # noqa: S102 - as the standard library does
    init: Callable[..., None] = known["__init__"]
    init.__qualname__ = f"{cls.__qualname__}.__init__"
    return init


class _Fields:
    """What the functions of ``dataclasses`` know a class by, made when one of them asks.

    Args:
        kinds: Field → its type.
        defaults: Field → its default, or what makes one.
    """

    def __init__(self, kinds: dict[str, Any], defaults: dict[str, Any]) -> None:
        self._kinds = kinds
        self._defaults = defaults

    def __get__(self, instance: object, owner: type) -> dict[str, Field[Any]]:
        """Return the fields of a class by name, as the standard library has them."""
        specified = [
            (name, kind, self._defaults[name]) if name in self._defaults else (name, kind)
            for name, kind in self._kinds.items()
        ]
        made: Any = make_dataclass(owner.__name__, specified)
        found: dict[str, Field[Any]] = made.__dataclass_fields__
        type.__setattr__(owner, "__dataclass_fields__", found)
        return found


def _values(self: Any) -> tuple[Any, ...]:
    return tuple([getattr(self, name) for name in self.__slots__])


def _restore(self: Any, values: tuple[Any, ...]) -> None:
    for name, value in zip(self.__slots__, values, strict=True):
        object.__setattr__(self, name, value)


def _eq(self: Any, other: Any) -> bool:
    if type(other) is not type(self):
        return NotImplemented  # type: ignore[no-any-return]
    return _values(self) == _values(other)


def _hash(self: Any) -> int:
    return hash(_values(self))


def _repr(self: Any) -> str:
    told = ", ".join(f"{name}={getattr(self, name)!r}" for name in self.__slots__)
    return f"{type(self).__qualname__}({told})"


def _refuse(self: Any, name: str, *value: Any) -> None:
    del self, value
    raise FrozenInstanceError(f"cannot change {name!r}")
