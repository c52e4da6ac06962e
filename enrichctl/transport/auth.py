"""Credentials, and how they get onto a request."""

import base64
from collections.abc import Mapping, Sequence
from typing import Any, Protocol, TypeVar
from urllib.parse import quote

from enrichctl.transport.hiding import in_header


class SignedRequest(Protocol):
    """What credentials may change of a request."""

    url: str | None
    headers: Any


R = TypeVar("R", bound=SignedRequest)


class Auth:
    """Puts credentials on a request."""

    def __call__(self, request: R) -> R:
        """Return the request with the credentials on it."""
        return request

    def secrets(self) -> Sequence[str]:
        """Return what no answer may repeat."""
        return ()


class HeaderAuth(Auth):
    """Credentials in headers."""

    def __init__(self, headers: Mapping[str, str]) -> None:
        self._headers = dict(headers)

    def __call__(self, request: R) -> R:
        """Put the headers on a request."""
        request.headers.update(self._headers)
        return request

    def secrets(self) -> Sequence[str]:
        """Return what ``Authorization`` shows; other headers may say anything."""
        shown = [v for k, v in self._headers.items() if k.lower() == "authorization"]
        return [secret for value in shown for secret in in_header(value)]


class BasicAuth(HeaderAuth):
    """HTTP Basic, in UTF-8 (requests' own is Latin-1); either side may be empty."""

    def __init__(self, user: str, password: str, headers: Mapping[str, str] | None = None) -> None:
        token = base64.b64encode(f"{user}:{password}".encode()).decode("ascii")
        super().__init__({**(headers or {}), "Authorization": f"Basic {token}"})


class QueryAuth(HeaderAuth):
    """Credentials in the query string, for vendors that know no other way."""

    def __init__(self, name: str, value: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(headers or {})
        self._value = value
        self._pair = f"{quote(name, safe='')}={quote(value, safe='')}"

    def __call__(self, request: R) -> R:
        """Put the pair at the end of a request's URL."""
        request.url = f"{request.url}{'&' if '?' in (request.url or '') else '?'}{self._pair}"
        return super().__call__(request)

    def secrets(self) -> Sequence[str]:
        """See `Auth.secrets`."""
        return (*super().secrets(), self._value)
