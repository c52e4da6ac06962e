"""Requests and answers of the plainest kind, as bytes: nearly all that APIs send is no other.

Libraries that can read every answer take ten times as long for those. What is the least bit out of
the ordinary is left to them: nothing here guesses.
"""

import re
from collections.abc import Mapping
from typing import NamedTuple

_STATUS = re.compile(rb"HTTP/1\.1 ([2-5]\d\d)(?: [\t\x20-\x7e]*)?")
_FIELD = re.compile(
    rb"([\w!#$%&'*+.^`|~-]+):[ \t]*([\x21-\x7e](?:[\t\x20-\x7e]*[\x21-\x7e])?)?[ \t]*"
)
_NO_BODY = frozenset({204, 304})  # RFC 9110 6.4.1
# With any of these an answer may end elsewhere, or not be what it looks like.
_UNUSUAL = frozenset({"transfer-encoding", "content-encoding", "upgrade", "trailer"})
_LONGEST = 10  # digits of a length
_SPLITS = re.compile(r"[\x00-\x1f\x7f]")  # what would end a line of a request, or cut it short
_SPLITS_TARGET = re.compile(r"[\x00-\x20\x7f]")


class Head(NamedTuple):
    """The beginning of an answer.

    Attributes:
        status: HTTP status.
        headers: Names in lower case.
        start: Where its body begins.
        end: Where it ends.
    """

    status: int
    headers: dict[str, str]
    start: int
    end: int


def read_head(data: bytes) -> Head | None:
    """Return the head of an answer; None where it is not there whole, or anything is unusual."""
    end = data.find(b"\r\n\r\n")
    if end < 0:
        return None
    first, *lines = data[:end].split(b"\r\n")
    said = _STATUS.fullmatch(first)
    if said is None or (status := int(said[1])) in _NO_BODY:
        return None
    headers: dict[str, str] = {}
    for line in lines:
        field = _FIELD.fullmatch(line)
        if field is None or (name := field[1].decode("ascii").lower()) in headers:
            return None
        headers[name] = (field[2] or b"").decode("ascii")
    length = headers.get("content-length", "")
    if not (length.isdecimal() and len(length) <= _LONGEST) or not _UNUSUAL.isdisjoint(headers):
        return None
    if headers.get("connection", "keep-alive").lower() != "keep-alive":
        return None
    return Head(status, headers, end + 4, end + 4 + int(length))


def can_write(headers: Mapping[str, str], body: object) -> bool:
    """Tell whether a request is plain: whoever sends it has said all that there is to say."""
    names = {name.lower() for name in headers}
    return (
        len(names) == len(headers)
        and {"user-agent", "accept-encoding"} <= names
        and names.isdisjoint({"host", "transfer-encoding", "expect", "upgrade", "connection"})
        and (body is None or (isinstance(body, bytes) and "content-length" in names))
    )


def write(
    method: str, target: str, host: str, headers: Mapping[str, str], body: bytes | None
) -> bytes:
    """Return a request as it is sent.

    Raises:
        ValueError: It holds what would be taken for something else.
    """
    if _SPLITS_TARGET.search(f"{method}{target}{host}"):
        raise ValueError("a character that no request line can have")
    lines = [f"{method} {target} HTTP/1.1", f"Host: {host}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    if any(map(_SPLITS.search, lines)):
        raise ValueError("a character that no header can have")
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + (body or b"")
