"""What goes over the wire: a request as read, a reply as meant, a delivery as sent."""

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Literal
from urllib.parse import parse_qs

JSON = "application/json"
TEXT = "text/plain; charset=utf-8"
HTML = "text/html; charset=utf-8"


@dataclass(frozen=True, slots=True)
class VendorRequest:
    """One request.

    Attributes:
        path: Still percent-encoded, without the query.
        query: The last value of each parameter, decoded.
        headers: Names in lower case.
        target: Path and query as sent.
    """

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes = b""
    target: str = ""

    def json(self) -> Any:
        """Return the decoded body, None when it is not JSON."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            return None

    def basic(self) -> tuple[str, str] | None:
        """Return user and password of Basic authentication, None when there is none."""
        scheme, _, code = self.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "basic":
            return None
        try:
            user, colon, password = base64.b64decode(code, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return None
        return (user, password) if colon else None


@dataclass(slots=True)
class VendorReply:
    """One answer as a vendor means it, before anything happens to it on the way."""

    status: int
    body: bytes = b""
    type: str = JSON
    headers: dict[str, str] = field(default_factory=dict)

    def wire(self) -> bytes:
        """Return the bytes to send."""
        try:
            phrase = HTTPStatus(self.status).phrase
        except ValueError:
            phrase = "Unknown"
        lines = [f"HTTP/1.1 {self.status} {phrase}", f"content-length: {len(self.body)}"]
        if self.body:
            lines.append(f"content-type: {self.type}")
        lines += [f"{name}: {value}" for name, value in self.headers.items()]
        return "\r\n".join([*lines, "", ""]).encode("latin-1") + self.body


@dataclass(slots=True)
class Delivery:
    """How an answer reaches the client.

    Attributes:
        steps: Seconds to wait, then bytes to send, in turn.
        then: What becomes of the connection: kept, closed in order, or reset.
    """

    steps: list[tuple[float, bytes]]
    then: Literal["keep", "close", "reset"] = "keep"


def json_reply(document: Any, status: int = 200, **headers: str) -> VendorReply:
    """Make a reply of a JSON document."""
    return VendorReply(status, json.dumps(document, ensure_ascii=False).encode(), JSON, headers)


def text_reply(text: str, status: int = 200, kind: str = TEXT) -> VendorReply:
    """Make a reply of a text."""
    return VendorReply(status, text.encode(), kind)


def read_head(head: bytes) -> VendorRequest:
    """Read request line and headers, the blank line left out.

    Raises:
        ValueError: If they are malformed.
    """
    first, *rest = head.decode("latin-1").split("\r\n")
    method, target, version = first.split(" ")
    if not version.startswith("HTTP/1.") or not method.isalpha() or not target.startswith("/"):
        raise ValueError(first)
    headers = {}
    for line in rest:
        name, colon, value = line.partition(":")
        if not colon or not name or name != name.strip():
            raise ValueError(line)
        headers[name.lower()] = value.strip()
    path, _, query = target.partition("?")
    return VendorRequest(method, path, read_query(query), headers, target=target)


def read_query(text: str) -> dict[str, str]:
    """Decode a query string or form; of a repeated parameter the last value counts."""
    if not text:
        return {}
    return {name: values[-1] for name, values in parse_qs(text, keep_blank_values=True).items()}
