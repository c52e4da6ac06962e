"""A reply, and how vendors write limits and times into it."""

import json
import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from enrichctl.patterns import pattern
from enrichctl.transport.hiding import Secrets, cut_everywhere

NONE = Secrets()
_UNREAD = object()
# Characters that would act on a terminal or in a file instead of standing there: C0 but those
# that divide words, DEL, C1, what turns the direction of text, and what XML does not allow.
_ACTING = pattern("[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069\ufffe\uffff]")
_DIVIDING = pattern("[\x0b\x0c\x1c-\x1f\x85]")  # a space does as well
# Where a body may hold such: escaped, in UTF-8, or as UTF-8 does not allow it. UTF-16 has zeros.
_ODD = pattern(
    rb"\\[ubf]|[\x00\x7f]|\xc2[\x80-\x9f]|\xe2\x80[\xaa-\xae]|\xe2\x81[\xa6-\xa9]|"
    rb"\xed[\xa0-\xbf]|\xef\xbf[\xbe\xbf]"
)
_ESCAPED = pattern(rb"[\\\x00]")  # where texts are not in a body as they are


class BadJson(ValueError):
    """The body is not JSON that can be trusted."""


class Reply:
    """What came back for one request; nobody changes it.

    Attributes:
        status: HTTP status.
        headers: Names in lower case.
        body: Decompressed bytes, complete.
        secrets: What no part of it may repeat.
        took: Seconds that it came after the request had left.
    """

    __slots__ = ("_trouble", "_value", "body", "headers", "secrets", "status", "took")

    def __init__(
        self,
        status: int,
        headers: Mapping[str, str],
        body: bytes,
        secrets: Secrets = NONE,
        took: float = 0.0,
    ) -> None:
        self.status = status
        self.headers = headers
        self.body = body
        self.secrets = secrets
        self.took = took
        self._value: Any = _UNREAD
        self._trouble = ""  # why it is no JSON

    @property
    def text(self) -> str:
        """Return the body as text; bytes that are not UTF-8 are replaced."""
        return self.body.decode("utf-8", "replace")

    def json(self) -> Any:
        """Decode the body strictly; what it returns is shared by all who ask.

        This is where all that vendors say comes in: no text in it holds a control character, or
        half a one, or one that turns the text around. Line ends and tabs are left.

        Raises:
            BadJson: Not JSON, nested beyond reason, or holding numbers that JSON does not have.
        """
        if self._value is _UNREAD:
            try:
                self._value = self._decoded()
            except (ValueError, RecursionError) as error:
                self._value, self._trouble = None, type(error).__name__
        if self._trouble:
            raise BadJson(self._trouble)
        return self._value

    def _decoded(self) -> Any:
        body = self.body
        value = _decode(body.decode(json.detect_encoding(body), "surrogatepass"))
        if _is_plain(body):
            return value
        if self.secrets.forms and _ESCAPED.search(body):
            value = cut_everywhere(value, self.secrets)
        return _plain(value) if _ODD.search(body) else value

    def peek(self) -> Any:
        """Decode the body, or return None where it is no JSON; for error bodies."""
        try:
            return self.json()
        except BadJson:
            return None


def printable(text: str) -> str:
    """Return a text without characters that act instead of standing there.

    Halves of characters, such as of a cut emoji, become ``?``: no file and no database takes them.
    """
    if text.isascii() and text.isprintable():
        return text
    text = _DIVIDING.sub(" ", text.encode("utf-8", "replace").decode())
    return _ACTING.sub("", text)


def _is_plain(body: bytes) -> bool:
    """Tell, many times faster than by an expression, that no text in a body is odd or escaped."""
    return body.isascii() and not (b"\\" in body or b"\0" in body or b"\x7f" in body)


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, list):
        return [_plain(one) for one in value]
    if isinstance(value, dict):
        return {printable(key): _plain(one) for key, one in value.items()}
    return value


def _refuse(constant: str) -> None:
    raise ValueError(constant)


def _finite(digits: str) -> float:
    number = float(digits)
    if math.isinf(number):
        raise ValueError(digits[:20])
    return number


_decode = json.JSONDecoder(parse_constant=_refuse, parse_float=_finite).decode


def retry_after(reply: Reply) -> float | None:
    """Return the seconds that ``Retry-After`` asks for; None when it says nothing readable.

    Vendors send fractions, lists and dates; requests' own parser raises on some of them.
    """
    text = reply.headers.get("retry-after", "").strip()
    seconds = seconds_in(text.split(",")[0])  # a date has a comma of its own
    return seconds if seconds is not None else until(http_date(text), reply)


def seconds_in(text: str) -> float | None:
    """Read a number of seconds that is not negative."""
    try:
        seconds = float(text)
    except ValueError:
        return None
    return seconds if 0 <= seconds < math.inf else None


def http_date(text: str) -> datetime | None:
    """Read an HTTP date, or JavaScript's ``Tue Feb 16 2021 09:02:42 GMT+0100 (Name)``.

    ``email.utils`` takes the second form too but silently drops its offset.
    """
    if not text:
        return None
    from email.utils import parsedate_to_datetime  # noqa: PLC0415 - slow to import, rarely needed

    plain = re.sub(r"\s*\(.*\)\s*$", "", text)
    try:
        return datetime.strptime(plain, "%a %b %d %Y %H:%M:%S GMT%z")
    except ValueError:
        pass
    try:
        moment = parsedate_to_datetime(plain)
    except (ValueError, TypeError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def until(moment: datetime | None, reply: Reply) -> float | None:
    """Return the seconds from the reply's own ``Date`` (our clock may be off) to a moment."""
    if moment is None:
        return None
    now = http_date(reply.headers.get("date", "")) or datetime.now(UTC)
    return max(0.0, (moment - now).total_seconds())


def epoch(text: str) -> datetime | None:
    """Read a moment given in seconds since 1970."""
    seconds = seconds_in(text)
    try:
        return datetime.fromtimestamp(seconds, UTC) if seconds is not None else None
    except (OverflowError, OSError, ValueError):
        return None


def ratelimit(text: str, window: str = "") -> dict[str, float]:
    """Read a ``RateLimit`` header, as any of its drafts has it.

    ``limit=100, remaining=50, reset=5``, or since 2024 ``"default";r=50;t=30``, an item for each
    window. Of several items the one of that window is read, else the one with the least left.

    Returns:
        What is there of ``limit``, ``remaining`` and ``reset``, the last in seconds.
    """
    if not text.lstrip().startswith('"'):
        return _parameters(text)
    items = {
        item.partition(";")[0].strip().strip('"'): _parameters(item) for item in text.split(",")
    }
    chosen = items.get(window) or min(
        items.values(), key=lambda found: found.get("remaining", math.inf)
    )
    return dict(chosen)


_DRAFTS = {"r": "remaining", "t": "reset", "q": "limit"}


def _parameters(text: str) -> dict[str, float]:
    found: dict[str, float] = {}
    for part in re.split(r"[;,]", text):
        name, _, value = part.partition("=")
        seconds = seconds_in(value.strip())
        if seconds is not None:
            word = name.strip().lower()
            found[_DRAFTS.get(word, word)] = seconds
    return found
