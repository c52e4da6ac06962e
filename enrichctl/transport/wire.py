"""Send one request once, and say whether the other side can have received it.

Everything that `requests` would do on its own and that costs money or leaks keys is off:
retries, redirects, netrc. A deadline bounds the whole exchange, not each read, and a cap bounds
the decompressed body.
"""

import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from enrichctl import __version__
from enrichctl.transport import network
from enrichctl.transport.auth import Auth
from enrichctl.transport.ends import (
    Exhausted,
    Lost,
    NotSent,
    Untrusted,
    distrust,
    is_exhausted,
)
from enrichctl.transport.hiding import Secrets
from enrichctl.transport.replies import Reply, printable

if TYPE_CHECKING:
    from requests import PreparedRequest

    from enrichctl.transport.bounds import Adapter
    from enrichctl.transport.connections import OpenExchange

CONNECT_TIMEOUT = 10.0
BODY_CAP = 16 * 1024 * 1024  # decompressed bytes; the largest documented answers are about 1 MB
MISDIRECTED = 421  # RFC 9110 15.5.20
SWITCHING = 101  # RFC 9110 15.2.2; nobody asked for it


@dataclass(frozen=True, slots=True)
class _Place:
    """Where and as whom requests are sent; replaced as a whole, so that no request mixes two."""

    base_url: str
    auth: Auth | None
    proxies: Mapping[str, str]
    secrets: Secrets
    adapter: "Adapter"


class Wire:
    """The way to one origin at a time, over a connection for each thread.

    Args:
        base_url: Scheme, host and the path before the vendor's documented paths; "" while it is
            not known, and then every request is answered 421 without being sent.
        auth: Credentials; None sends none.
        ca_bundle: A file of certificates to trust instead of the system's.
        secrets: What no answer may repeat, besides what the credentials show.

    Attributes:
        moving: Held by the thread that finds out where to move to.

    Raises:
        UsageError: Certificates or proxies that the machine names cannot be used.
    """

    def __init__(
        self,
        base_url: str,
        auth: Auth | None = None,
        *,
        ca_bundle: str = "",
        secrets: Iterable[str] = (),
    ) -> None:
        from enrichctl.transport import bounds  # noqa: PLC0415 - not where nobody is asked

        self._bounds = bounds  # and with it `requests`
        self._secrets = tuple(secrets)
        self._place = self._at(base_url, auth, bounds.Adapter())
        self.moving = threading.Lock()
        self.ca_bundle = ca_bundle
        self._verify: bool | str = network.certificates(ca_bundle, base_url) or True
        self._headers = {
            "User-Agent": f"enrichctl/{__version__}",
            "Accept": "application/json",
            "Accept-Encoding": "gzip, deflate",
        }

    def move(self, base_url: str, auth: Auth | None) -> None:
        """Send what follows elsewhere, or with other credentials."""
        stays = base_url.rstrip("/") == self._place.base_url
        adapter = self._place.adapter if stays else self._bounds.Adapter()
        self._place = self._at(base_url, auth, adapter)

    def _at(self, base_url: str, auth: Auth | None, adapter: "Adapter") -> _Place:
        base_url = base_url.rstrip("/")
        # A package may bring credentials of its own kind: its login is known all the same.
        shown = auth.secrets() if isinstance(auth, Auth) else ()
        secrets = Secrets((*self._secrets, *shown))
        return _Place(base_url, auth, self._bounds.proxies_of(base_url), secrets, adapter)

    @property
    def base_url(self) -> str:
        """Return what stands before the vendor's documented paths."""
        return self._place.base_url

    @property
    def auth(self) -> Auth | None:
        """Return the credentials; every renewal makes others."""
        return self._place.auth

    @property
    def host(self) -> str:
        """Return the host, for messages."""
        return urlsplit(self.base_url).netloc.rpartition("@")[2]

    def send(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        *,
        timeout: float,
    ) -> Reply:
        """Send a request and return the whole reply, whatever its status.

        Args:
            method: Upper case.
            path: Begins with ``/``; query string included and encoded.
            body: Sent as it is.
            headers: Beside the usual ones.
            timeout: Seconds for the whole exchange, connecting included.

        Raises:
            NotSent: Nothing can have been received.
            Untrusted: The same, because of the server's certificate.
            Lost: It may have been received; there is no whole answer.
        """
        place = self._place
        if not place.base_url:
            return Reply(MISDIRECTED, {}, b"")
        adapter = place.adapter
        adapter.drop_idle()
        request = self._bare(place, method, path, body, headers)
        request = place.auth(request) if place.auth else request
        exchange = self._bounds.watchdog.begin(time.monotonic() + timeout)
        whole = False
        try:
            response = adapter.open(
                request,
                timeout=timeout,
                connect_timeout=min(CONNECT_TIMEOUT, timeout),
                verify=self._verify,
                proxies=place.proxies,
            )
            data = response.read(BODY_CAP + 1, decode_content=True)
            whole = True
        # The text of these errors quotes the URL, which may hold a person's data: never shown.
        except self._bounds.TROUBLE as error:
            raise self._said_of(error, exchange) from None
        finally:
            self._bounds.watchdog.end(exchange)
            if not whole:  # whatever ended it: the rest would be the next request's answer
                adapter.hang_up()
        if trouble := _trouble(exchange, response.status, data):
            adapter.hang_up()
            raise Lost(trouble)
        if exchange.odd or exchange.surplus:
            adapter.hang_up()
        secrets = place.secrets
        told = {k.lower(): printable(secrets.cut(v)) for k, v in response.headers.items()}
        took = time.monotonic() - exchange.sent_at
        return Reply(response.status, told, secrets.cut_bytes(data), secrets, took)

    def _said_of(self, error: Exception, exchange: "OpenExchange") -> NotSent | Lost:
        """Return what a trouble means: whether the request may have been received."""
        why = self._bounds.error_in_words(error)
        if exchange.sent:
            return Lost("no answer in time" if exchange.expired else why)
        if wrong := distrust(error):
            return Untrusted(wrong)
        return (Exhausted if is_exhausted(error) else NotSent)(why)

    def to(self, base_url: str) -> "Wire":
        """Return a way to another origin, as nobody in particular."""
        return Wire(base_url, ca_bundle=self.ca_bundle)

    def hang_up(self) -> None:
        """Close this thread's connection: what still arrives on it belongs to nobody."""
        self._place.adapter.hang_up()

    def _bare(
        self,
        place: _Place,
        method: str,
        path: str,
        body: bytes | None,
        headers: Mapping[str, str] | None,
    ) -> "PreparedRequest":
        """Return a request as it is without credentials."""
        told = self._headers.copy()
        if body is not None:
            told["Content-Type"] = "application/json"
            told["Content-Length"] = str(len(body))
        elif method != "GET":
            told["Content-Length"] = "0"
        if headers:
            told.update(headers)
        return self._bounds.prepared(method, place.base_url + path, told, body)


def _trouble(exchange: "OpenExchange", status: int, data: bytes) -> str:
    """Say why what was read is no answer to the request; "" when it is one."""
    if exchange.expired:  # cut by the watchdog: headers cut short look like a good empty reply
        return "no answer in time"
    if len(data) > BODY_CAP:
        return f"an answer larger than {BODY_CAP // 1024 // 1024} MB"
    if status == SWITCHING:
        return "it switches to another protocol"
    if exchange.surplus.strip():  # a line end too many is only untidy
        return "more than one answer came, and it is not known which is right"
    return ""
