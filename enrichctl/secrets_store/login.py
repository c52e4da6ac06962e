"""Looks a provider's login up, cheap places first.

The keyring is loaded only when the cheaper places leave a required item, or every secret, open.
"""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from enrichctl import urls
from enrichctl.errors import KeyringClosed, LoginMissing, UsageError
from enrichctl.secrets_store import command, vault
from enrichctl.secrets_store.wording import (
    error_kind,
    item_in_words,
    missing,
    refuse_unprintable,
    variable,
)


class Item(Protocol):
    """What must be known of a login item to find it."""

    @property
    def name(self) -> str:
        """Its name in the environment (upper-cased), the keyring and the configuration."""

    @property
    def secret(self) -> bool:
        """Whether it must be kept from others."""

    @property
    def required(self) -> bool:
        """Whether the provider cannot be asked without it."""

    @property
    def default(self) -> str:
        """Used when it is given nowhere."""


class LoginSource(Protocol):
    """What the configuration says about a provider's login."""

    @property
    def base_url(self) -> str:
        """The base URL, or ""."""

    @property
    def key_command(self) -> Sequence[str]:
        """Program and arguments that print the API key; empty for none."""

    @property
    def login(self) -> Mapping[str, str]:
        """Login items other than the API key, by name."""

    @property
    def keyring(self) -> bool:
        """Whether the keyring is asked."""

    @property
    def keyring_any_backend(self) -> bool:
        """Whether back ends beyond the operating system's are used."""

    @property
    def private(self) -> bool:
        """Whether the file is hidden from other users."""


@dataclass(frozen=True, slots=True)
class FoundLogin:
    """The login of one provider, as found.

    Attributes:
        provider: The provider's name.
        base_url: The base URL the user set, or "".
        missing: Required items that were found nowhere.
        note: Why the keyring could not be asked, or "".
        closed: The same where it is there, and may hold what is missing.
    """

    provider: str
    base_url: str
    missing: tuple[str, ...]
    note: str
    _found: Mapping[str, tuple[str, str]]
    closed: KeyringClosed | None = None

    def get(self, name: str) -> str:
        """Return an item's value, or "" when it is given nowhere."""
        return self._found.get(name, ("", ""))[0]

    def source_of(self, name: str) -> str:
        """Return where an item comes from, such as "environment", or "" when nowhere."""
        return self._found.get(name, ("", ""))[1]

    @property
    def other_key(self) -> str:
        """How to give another key where this one hides what a login keeps; "" where it does not."""
        hides = {
            "environment": f"set another {variable(self.provider, 'api_key')}",
            "credentials directory": f"put another {self.provider}_api_key there for the service",
            "key_command": f"have key_command under [providers.{self.provider}] print another",
        }
        return hides.get(self.source_of("api_key"), "")

    @property
    def trouble(self) -> str:
        """What there is to say where the keyring may hold what is missing; "" elsewhere."""
        return self.closed.unknown if self.closed else ""

    def require(self) -> None:
        """Raise LoginMissing when a required item was found nowhere."""
        if self.missing:
            if self.closed:
                raise self.closed
            why = f" ({self.note})" if self.note else ""
            items = " and ".join(item_in_words(name) for name in self.missing)
            set_it = f"set {variable(self.provider, self.missing[0])}"
            raise LoginMissing(
                f"no {items} for {self.provider}{why}",
                next=f"{set_it}, or key_command in the configuration"
                if self.note  # and nowhere to keep what a login would ask for
                else f"enrichctl providers login {self.provider}, or {set_it}",
            )

    def __repr__(self) -> str:
        names = {name: source for name, (_, source) in self._found.items()}
        return f"FoundLogin({self.provider!r}, {names!r})"


def find_login(
    name: str, items: Sequence[Item], settings: LoginSource, environ: Mapping[str, str] = os.environ
) -> FoundLogin:
    """Look for a provider's login; what is not found is listed in ``missing``.

    Raises:
        LoginMissing: The key command fails, a file cannot be read, or a key cannot be one.
        UsageError: The base URL is none.
    """
    found: dict[str, tuple[str, str]] = {}
    for item in items:
        if hit := _cheap(name, item, settings, environ):
            found[item.name] = _clean(name, item, *hit), hit[1]
    closed: KeyringClosed | None = None
    note = "" if settings.keyring else "the configuration says keyring = false"
    open_items = [item for item in items if item.name not in found]
    needed = any(item.required and not item.default for item in open_items)
    secrets = {item.name for item in items if item.secret}
    if settings.keyring and (needed or (secrets and not secrets & found.keys())):
        held = vault.Held({}, {})
        try:
            held = vault.read(name, open_items, any_backend=settings.keyring_any_backend)
        except KeyringClosed as error:
            closed = error
        note = closed.why if closed else held.why_not
        for item in open_items:
            if value := held.values.get(item.name):
                source = f"keyring ({held.places[item.name]})"
                found[item.name] = _clean(name, item, value, source), source
    for item in items:
        if item.name not in found and item.default:
            found[item.name] = item.default, "default"
    base_url = _base_url(name, settings, environ)
    missing = tuple(item.name for item in items if item.required and item.name not in found)
    return FoundLogin(name, base_url, missing, note, found, closed if missing else None)


def _base_url(name: str, settings: LoginSource, environ: Mapping[str, str]) -> str:
    own = variable(name, "base_url")
    base_url = (environ.get(own) or settings.base_url).strip()
    if base_url and (wrong := urls.trouble(base_url)):
        where = own if environ.get(own) else f"base_url under [providers.{name}]"
        raise UsageError(f"the base URL of {name} {wrong}", next=f"correct {where}")
    return base_url.rstrip("/")


def _cheap(
    name: str, item: Item, settings: LoginSource, environ: Mapping[str, str]
) -> tuple[str, str] | None:
    """Look everywhere but in the keyring; return value and source."""
    if value := environ.get(variable(name, item.name)):
        return value, "environment"
    if folder := environ.get("CREDENTIALS_DIRECTORY"):
        try:
            if value := (Path(folder) / f"{name}_{item.name}").read_text(encoding="utf-8"):
                return value, "credentials directory"
        except (FileNotFoundError, NotADirectoryError):
            pass
        except (OSError, UnicodeDecodeError) as error:
            raise missing(
                name, item.name, f"its file in $CREDENTIALS_DIRECTORY: {error_kind(error)}"
            ) from None  # the decoder's error quotes the file
    if item.name == "api_key":
        if settings.key_command:
            return command.run(name, settings.key_command), "key_command"
    elif value := settings.login.get(item.name):
        if item.secret and not settings.private:
            raise UsageError(
                f"the configuration holds the {item_in_words(item.name)} of {name}, "
                "but other users can read it",
                next="chmod 600 the configuration file",
            )
        return value, "config"
    return None


def _clean(name: str, item: Item, value: str, source: str) -> str:
    """Return a value as it can be sent: one line end off, or all space where it is no secret."""
    if not item.secret:
        value = value.strip()
    value = value.removesuffix("\n").removesuffix("\r")
    refuse_unprintable(name, item.name, value, source)
    return value
