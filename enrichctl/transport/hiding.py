"""Keys that an answer repeats are cut out of it before anybody reads, shows or keeps it."""

import base64
import binascii
import json
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Any
from urllib.parse import quote, quote_plus

CUT = "[key]"  # stands where a key was
LEAST = 6  # characters; less than that is part of many a word, and no vendor's key


class Secrets:
    """What was sent to prove who asks, in every form in which an answer may repeat it.

    Args:
        texts: Keys, passwords and tokens.
    """

    def __init__(self, texts: Iterable[str] = ()) -> None:
        every = {form for text in texts for part in _parts(text) for form in _forms(part)}
        self.forms = tuple(sorted(every, key=len, reverse=True))  # what holds another one first

    @cached_property
    def _pairs(self) -> list[tuple[bytes, bytes]]:
        # A number that is cut out leaves a number: the answer is still to be read.
        return [(f.encode(), b"0" if f.isdigit() else CUT.encode()) for f in self.forms]

    def cut_bytes(self, data: bytes) -> bytes:
        """Return a body without them; what JSON escapes in a form of its own is left."""
        for form, cut in self._pairs:
            if form in data:
                data = data.replace(form, cut)
        return data

    def cut(self, text: str) -> str:
        """Return a text without them."""
        for form in self.forms:
            if form in text:
                text = text.replace(form, CUT)
        return text


def in_header(value: str) -> list[str]:
    """Return the secrets of an ``Authorization`` header."""
    scheme, _, proof = value.partition(" ")
    if scheme.lower() != "basic":
        return [proof or scheme]
    try:
        pair = base64.b64decode(proof, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return [proof]
    user, _, password = pair.partition(":")
    return [proof, password or user]  # a user next to a password is often somebody's address


def _parts(text: str) -> Iterator[str]:
    yield text
    yield text.partition(":")[2]  # of user:password


def _forms(text: str) -> Iterator[str]:
    if len(text.rstrip("=")) < LEAST:
        return
    escaped = json.dumps(text)[1:-1]
    yield from (text, text.rstrip("="), escaped, escaped.replace("/", "\\/"))
    for encoded in (quote(text, safe=""), quote(text), quote_plus(text)):
        yield from (encoded, _lower_hex(encoded))
    for pair in (text, f"{text}:", f":{text}"):  # of Basic, with and without what fills it up
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            yield encode(pair.encode()).decode().rstrip("=")


def _lower_hex(encoded: str) -> str:
    first, *rest = encoded.split("%")
    return "".join([first, *(f"%{part[:2].lower()}{part[2:]}" for part in rest)])


def cut_everywhere(value: Any, secrets: Secrets) -> Any:
    """Return decoded JSON without them, in names and in texts."""
    if isinstance(value, str):
        return secrets.cut(value)
    if isinstance(value, list):
        return [cut_everywhere(one, secrets) for one in value]
    if isinstance(value, dict):
        return {secrets.cut(k): cut_everywhere(v, secrets) for k, v in value.items()}
    return value
