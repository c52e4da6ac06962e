"""The operating system's keyring: read, store, forget.

It is asked in a thread that is left behind after three seconds, because a locked keyring with
nobody at the screen never answers. Only back ends that belong to an operating system are trusted:
others may keep keys in plain text, or ask for a password that a scheduled run cannot give.
"""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, TypeVar

from enrichctl.errors import KeyringClosed, LoginMissing
from enrichctl.secrets_store.wording import item_in_words, refuse_unprintable, variable

if TYPE_CHECKING:  # importing keyring costs 80 ms
    from keyring.backend import KeyringBackend

T = TypeVar("T")

_SECONDS = 3
_WINDOWS_BYTES = 2560  # CRED_MAX_CREDENTIAL_BLOB_SIZE; stored as UTF-16
_TRUSTED = {
    "keyring.backends.macOS": "macOS Keychain",
    "keyring.backends.Windows": "Windows Credential Manager",
    "keyring.backends.SecretService": "Secret Service",
    "keyring.backends.libsecret": "Secret Service",
    "keyring.backends.kwallet": "KWallet",
}
_CHAIN = "keyring.backends.chainer"
_closed: list[str] = []  # why it could not be asked: nobody tries again in this process
_ABSENT = {"keyring.backends.fail", "keyring.backends.null"}


class Named(Protocol):
    """What must be known of a login item to fetch it."""

    @property
    def name(self) -> str:
        """Its name in the keyring."""

    @property
    def required(self) -> bool:
        """Whether the provider cannot be asked without it."""


@dataclass(frozen=True, slots=True)
class Held:
    """What the keyring holds for a provider: item → value.

    Attributes:
        places: Item → name of the keyring that holds it: there may be several on one machine.
        why_not: Why none could be asked, or "".
    """

    values: Mapping[str, str] = field(repr=False)
    places: Mapping[str, str]
    why_not: str = ""


def store(name: str, item: str, value: str, *, any_backend: bool = False) -> str:
    """Put a login item into the keyring, read it back, and return the keyring's name.

    Raises:
        LoginMissing: It was not stored, or the value cannot be a key.
    """
    refuse_unprintable(name, item, value, "what was entered")

    def write() -> str:
        backend, title = _backend(any_backend)
        if backend is None:
            raise _Unusable(title)
        in_windows = any(_module(part) == "keyring.backends.Windows" for part in _parts(backend))
        if in_windows and len(value.encode("utf-16-le")) > _WINDOWS_BYTES:
            raise _Unusable(f"Windows keeps at most {_WINDOWS_BYTES // 2} characters")
        backend.set_password(_service(name), item, value)
        if backend.get_password(_service(name), item) != value:
            raise _Unusable("the keyring did not keep it")
        return title

    failed = f"the {item_in_words(item)} of {name} is not stored"
    return _in_time(write, failed, f"set {variable(name, item)}")


def check_there(name: str, item: str, *, any_backend: bool = False) -> None:
    """Refuse to take what could not be kept.

    Raises:
        LoginMissing: There is no keyring, or it is not to be used.
    """

    def look() -> None:
        backend, why_not = _backend(any_backend)
        if backend is None:
            raise _Unusable(why_not)

    failed = f"the {item_in_words(item)} of {name} could not be kept"
    _in_time(look, failed, f"set {variable(name, item)}")


def forget(name: str, item: str, *, any_backend: bool = False) -> bool:
    """Remove a login item from the keyring; return whether it was there.

    Raises:
        LoginMissing: The keyring cannot be asked, or still has it.
    """

    def remove() -> bool:
        backend, _ = _backend(any_backend)
        if backend is None or backend.get_password(_service(name), item) is None:
            return False
        backend.delete_password(_service(name), item)
        if backend.get_password(_service(name), item) is not None:
            raise _Unusable("the keyring still has it")
        return True

    failed = f"the {item_in_words(item)} of {name} is not removed"
    return _in_time(
        remove, failed, f"remove {_service(name)} with the system's own program for keys"
    )


def read(name: str, items: Sequence[Named], *, any_backend: bool = False) -> Held:
    """Return the items that the keyring holds for a provider.

    Raises:
        KeyringClosed: It is locked, fails, or does not answer.
    """

    def fetch() -> Held:
        from keyring.errors import InitError  # noqa: PLC0415 - importing keyring costs 80 ms

        backend, why_not = _backend(any_backend)
        if backend is None:
            return Held({}, {}, why_not)
        values: dict[str, str] = {}
        places: dict[str, str] = {}
        why_not = ""
        for part in _parts(backend):  # what a chain asks, in its order
            left = [item.name for item in items if item.name not in values]
            try:
                found = {item: part.get_password(_service(name), item) for item in left}
            except InitError:  # a Secret Service without any collection: nothing was ever stored
                why_not = "no keyring here: it was never set up"
                continue
            values |= {item: value for item, value in found.items() if value}
            places |= {item: _title(part) for item, value in found.items() if value}
        return Held(values, places, "" if values else why_not)

    asked = next((item.name for item in items if item.required), items[0].name)
    return _in_time(fetch, f"no {item_in_words(asked)} for {name}", f"set {variable(name, asked)}")


def _backend(any_backend: bool) -> "tuple[KeyringBackend | None, str]":
    """Choose the keyring; return it with its title, or None and why there is none."""
    import keyring  # noqa: PLC0415 - importing keyring costs 80 ms

    try:
        backend = keyring.get_keyring()
        parts = _parts(backend)
    except Exception as error:  # noqa: BLE001 - third parties' back ends raise what they like
        return None, f"the keyring cannot be loaded: {type(error).__name__}"
    modules = [_module(part) for part in parts]
    if not modules or _ABSENT.issuperset(modules):
        return None, "no keyring here"
    strange = [module for module in modules if module not in _TRUSTED]
    if strange and not any_backend:
        return None, (
            f"the keyring back end {strange[0]} is not the operating system's; "
            "keyring_any_backend = true in the configuration allows it"
        )
    return backend, _title(parts[0])


def _parts(backend: "KeyringBackend") -> "Sequence[KeyringBackend]":
    """Return what a chain of keyrings consists of; a single one is its own only part."""
    parts: Sequence[KeyringBackend] = (
        getattr(backend, "backends", ()) if _module(backend) == _CHAIN else [backend]
    )
    return parts


def _title(part: "KeyringBackend") -> str:
    """Return a keyring's name as people know it."""
    module = _module(part)
    return _TRUSTED.get(module, module)


def _module(backend: "KeyringBackend") -> str:
    return type(backend).__module__


def _in_time(work: Callable[[], T], failed: str, instead: str) -> T:
    """Do keyring work in a thread that may be left behind, and turn its troubles into words.

    Args:
        work: What is to be done.
        failed: What is not so when it fails.
        instead: What to do then.
    """
    results: list[T] = []
    errors: list[Exception] = []

    def run() -> None:
        try:
            results.append(work())
        except Exception as error:  # noqa: BLE001 - third parties' back ends raise what they like
            errors.append(error)

    if not _closed:
        thread = threading.Thread(target=run, name="keyring", daemon=True)
        thread.start()
        thread.join(_SECONDS)
    if results:
        return results[0]
    if errors and isinstance(errors[0], _Unusable):
        raise LoginMissing(f"{failed}: {errors[0]}", next=instead)
    kind = type(errors[0]).__name__ if errors else ""
    if kind in ("", "KeyringLocked"):
        _closed.append(
            "the keyring is locked"
            if kind
            else f"the keyring did not answer in {_SECONDS} s; is it locked?"
        )
        why, next_ = _closed[0], f"unlock the keyring, or {instead}"
    else:  # a back end's own words might hold anything
        why, next_ = f"the keyring failed: {kind}", instead
    error = KeyringClosed(f"{failed}: {why}", next=next_)
    error.why = why
    raise error


def _service(name: str) -> str:
    return f"enrichctl:{name}"


class _Unusable(Exception):
    """The keyring cannot do what was asked; the message says why."""
