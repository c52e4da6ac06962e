"""What the vendors document of each call, and whether a call keeps to it.

``vendors/NAME.yaml`` holds one vendor's calls, written from the vendor's own words (page, OpenAPI
file, SDK types) and never from what our provider, sandbox or exchanges do, so that those three can
be wrong together and still be caught. Each call names its source and the day it was read;
``no_witness`` says what the vendor is silent about.

    calls:
      POST /things/{id}:      # path below the base URL; {root} spans what a tenant puts before it
        source, read          # whose words, and when they were read
        path, query, headers, body | form   # JSON Schemas of the request; query and body are closed
        replies: {"200": …}   # JSON Schema by status; a body that is no JSON is a string

A reply under 500 whose status is not listed fails. From 500 on anything may answer, also something
that stands before the vendor.
"""

import base64
import binascii
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote

import yaml
from jsonschema import Draft202012Validator, FormatChecker

FOLDER = Path(__file__).parent / "vendors"
VENDORS = tuple(sorted(path.stem for path in FOLDER.glob("*.yaml")))

_HTTP_HEADERS = frozenset(
    [
        "connection",
        "content-length",
        "content-type",
        "date",
        "retry-after",
        "server",
        "transfer-encoding",
    ]
)


@dataclass(frozen=True, slots=True)
class Sent:
    """A request: target with its query string, headers with names in lower case."""

    method: str
    target: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Answered:
    """A reply, with header names in lower case."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


class Call:
    """One call as documented."""

    def __init__(self, name: str, said: Mapping[str, Any], whole: Mapping[str, Any]) -> None:
        self.name = name
        self.said = said
        self._whole = whole
        self.method, _, self.template = name.partition(" ")
        self._path = re.compile(
            "".join(
                whole["root"]
                if part == "{root}"
                else f"(?P<{part[1:-1]}>[^/]+)"
                if part.startswith("{")
                else re.escape(part)
                for part in re.split(r"(\{\w+\})", self.template)
            )
        )

    @property
    def definitions(self) -> Mapping[str, Any]:
        """What schemas of this vendor refer to."""
        return self._whole.get("$defs", {})

    @cached_property
    def replies(self) -> Mapping[str, Any]:
        """Schemas by status; what the vendor says of all calls stands at the top of its file."""
        return {**self._whole.get("replies", {}), **self.said["replies"]}

    def fits(self, method: str, path: str) -> re.Match[str] | None:
        """Tell whether a request is this call."""
        return self._path.fullmatch(path) if method == self.method else None

    def request(self, sent: Sent, path: re.Match[str], *, all_headers: bool) -> Iterator[str]:
        """Yield what a request has wrong."""
        said = self.said
        parts = {name: unquote(text) for name, text in path.groupdict().items()}
        yield from self.compare("path", said.get("path", {}), parts)
        query = _pairs(sent.target.partition("?")[2])
        yield from self.compare("query", _closed(said.get("query", {})), query)
        headers = dict(sent.headers) | _basic(sent.headers)
        for schema in (self._whole.get("headers", {}), said.get("headers", {})):
            due = dict(schema) if all_headers else {**schema, "required": []}
            yield from self.compare("headers", due, headers)
        if "form" in said:
            yield from self.compare("form", said["form"], _pairs(sent.body.decode()))
        elif "body" in said:
            yield from self.compare("body", said["body"], _document(sent.body))
        elif sent.body:
            yield f"{self.name}: body: none is documented"

    def reply(self, answered: Answered) -> Iterator[str]:
        """Yield what a reply has wrong."""
        where = str(answered.status)
        if where in self.replies:
            yield from self.compare(where, self.replies[where], _document(answered.body))
        elif answered.status < 500:
            yield f"{self.name}: {where}: not documented"
        named = {k: v for k, v in answered.headers.items() if k not in _HTTP_HEADERS}
        headers = _closed(self._whole.get("reply_headers", {}))
        yield from self.compare(f"{where} headers", headers, named)

    def compare(self, where: str, schema: Any, thing: Any) -> Iterator[str]:
        """Yield where a thing does not fit a schema of this vendor's file."""
        due = {"$defs": self.definitions, "allOf": [schema]}
        checker = Draft202012Validator(due, format_checker=FormatChecker())
        for error in checker.iter_errors(thing):
            inner = min(error.context, key=lambda each: -len(each.absolute_path), default=error)
            yield f"{self.name}: {where} {inner.json_path[1:]}: {inner.message[:300]}"


class Contract:
    """All that one vendor documents of the calls that we make."""

    def __init__(self, vendor: str, said: Mapping[str, Any]) -> None:
        self.vendor = vendor
        self.said = said
        self.calls = [Call(name, call, said) for name, call in said["calls"].items()]

    def find(self, method: str, target: str) -> tuple[Call, re.Match[str]] | None:
        """Return the call that a request is, None when there is no such call."""
        path = target.partition("?")[0]
        return next(((c, found) for c in self.calls if (found := c.fits(method, path))), None)

    def request(self, sent: Sent, *, all_headers: bool = True) -> list[str]:
        """Return what a request has wrong.

        Args:
            sent: Its target begins after the base URL.
            all_headers: All were recorded, so that a missing one is missing.
        """
        found = self.find(sent.method, sent.target)
        if not found:
            return [f"{self.vendor} documents no {sent.method} {sent.target.partition('?')[0]}"]
        call, path = found
        return list(call.request(sent, path, all_headers=all_headers))

    def reply(self, method: str, target: str, answered: Answered) -> list[str]:
        """Return what the reply to a request has wrong."""
        found = self.find(method, target)
        if not found:
            return [f"{self.vendor} documents no {method} {target.partition('?')[0]}"]
        return list(found[0].reply(answered))


@cache
def contract(vendor: str) -> Contract:
    """Return a vendor's contract."""
    return Contract(vendor, yaml.safe_load((FOLDER / f"{vendor}.yaml").read_text("utf-8")))


def _closed(schema: Mapping[str, Any]) -> dict[str, Any]:
    return {"additionalProperties": False, **schema}


def _pairs(text: str) -> dict[str, str | list[str]]:
    """Decode a query string; a parameter that comes twice is a list."""
    found: dict[str, list[str]] = {}
    for name, value in parse_qsl(text, keep_blank_values=True, strict_parsing=bool(text)):
        found.setdefault(name, []).append(value)
    return {name: values[0] if len(values) == 1 else values for name, values in found.items()}


def _basic(headers: Mapping[str, str]) -> dict[str, str]:
    """Return what a Basic login says, as a header of its own."""
    scheme, _, code = headers.get("authorization", "").partition(" ")
    if scheme != "Basic":
        return {}
    try:
        return {"(basic)": base64.b64decode(code, validate=True).decode()}
    except (binascii.Error, UnicodeDecodeError):
        return {"(basic)": "?"}


def _document(body: bytes) -> Any:
    text = body.decode()
    try:
        return json.loads(text)
    except ValueError:
        return text
