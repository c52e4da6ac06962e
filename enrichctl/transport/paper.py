"""What would be sent, written down in place of being sent; without keys."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from enrichctl.model import Throttled
from enrichctl.patterns import pattern
from enrichctl.transport.hiding import CUT
from enrichctl.transport.replies import Reply
from enrichctl.transport.runtime import Payload
from enrichctl.transport.wire import Wire

LATER = "[made when it is sent]"  # stands where an idempotency key will be
# Headers that come with the credentials and are none.
_HARMLESS = pattern(r"accept(-.*)?|content-type|user-agent|.*-version", re.IGNORECASE)
_VALUE = pattern(r"(?<==)[^&]*")  # in a query string


@dataclass(frozen=True, slots=True)
class Unsent:
    """A request that was not sent, with its credentials masked.

    Attributes:
        method: Upper case.
        url: Query string included.
        headers: As they would be sent.
        body: Its text; "" for none.
    """

    method: str
    url: str
    headers: Mapping[str, str]
    body: str


class NotOnPaper(Exception):
    """Ends whatever was to send a request.

    Attributes:
        request: What would have been sent.
    """

    def __init__(self, request: Unsent) -> None:
        super().__init__("nothing is sent")
        self.request = request


class PaperWire(Wire):
    """A way to an origin that nothing takes: it opens no connection."""

    def send(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        *,
        timeout: float,
    ) -> Reply:
        """Write a request down.

        Raises:
            NotOnPaper: With the request.
        """
        place = self._place
        if not place.base_url:  # answered without being sent
            return super().send(method, path, body, headers, timeout=timeout)
        request = self._bare(place, method, path, body, headers)
        url, told = request.url or "", dict(request.headers)
        if place.auth:
            request = place.auth(request)
        cut = place.secrets.cut
        shown = {
            name: cut(value) if _is_open(name, value, told) else _masked(value)
            for name, value in request.headers.items()
        }
        text = (body or b"").decode("utf-8", "replace")
        raise NotOnPaper(Unsent(method, cut(_url(url, request.url or "")), shown, cut(text)))

    def to(self, base_url: str) -> Wire:
        """See `Wire.to`; what is told there may hold secrets as well."""
        return PaperWire(base_url, ca_bundle=self.ca_bundle, secrets=self._secrets)


def _is_open(name: str, value: str, told: Mapping[str, str]) -> bool:
    """Tell whether a header is no part of the credentials."""
    return told.get(name) == value or bool(_HARMLESS.fullmatch(name))


def _masked(value: str) -> str:
    """Return a header of credentials with its scheme alone."""
    scheme, blank, _ = value.partition(" ")
    return f"{scheme} {CUT}" if blank and scheme.isalpha() else CUT


def _url(bare: str, whole: str) -> str:
    """Return a URL without what the credentials put into it."""
    if whole.startswith(bare):
        return bare + _VALUE.sub(CUT, whole[len(bare) :])
    return bare


class PaperLedger:
    """Keeps no books: nothing is bought."""

    def intend(self, payload: Payload, *, keyed: bool) -> Payload:
        """See `Ledger.intend`."""
        return payload._replace(key=LATER) if keyed else payload


class OpenLimiter:
    """Lets everything through, since nothing goes."""

    def wait(self, group: str) -> None:
        """See `Limiter.wait`."""

    def departed(self) -> None:
        """See `Limiter.departed`."""

    def answered(self, took: float) -> None:
        """See `Limiter.answered`."""

    def got_through(self, group: str) -> None:
        """See `Limiter.got_through`."""

    def through(self, group: str) -> int:
        """See `Limiter.through`."""
        del group
        return 0

    def hold(self, refusal: Throttled, seconds: float, group: str) -> None:
        """See `Limiter.hold`."""
