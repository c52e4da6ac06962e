"""JSON in little room: what journals repeat all the time is known before the first byte."""

import json
import zlib
from functools import lru_cache, partial
from typing import Any

_WINDOW, _MEMORY = 13, 6  # zlib's sizes: enough for what is packed here, and quick to set up

# What was packed with these bytes needs them again, so they never change. A better dictionary
# would be a second one, told apart by its checksum, which zlib writes into what it packs.
_OFTEN = (
    b'https://www.linkedin.com/company/","https://www.linkedin.com/in/","http://www.@gmail.com.com"'
    b'{"data":{"person":{"id":"","contact":{"company":{"name":"","domain":"","size":"","social":{'
    b'"error":null,"status":"ok","results":[{"value":"","type":"work"}],"credits_remaining":'
    b'"confidence":0.9,"source":"web","description":"","tech_stack":["","hq_location":"","address":"'
    b'"city":"postal_code":"region":"country":"country_code":"timezone":"website":"https://www.'
    b'"founded_year":"company_linkedin_url":"company_description":"company_size":"industry":'
    b'"company_domain":"company_name":"email_status":"email_kind":"phone_e164":"department":'
    b'"seniority":"mobile":"linkedin_url":"phone":"location":"job_title":"full_name":"last_name":'
    b'"first_name":"email":["offline","leadlex","lemlist","close","superoffice",true,false,null,'
    b'0.85,"+00:00"],"'
)


def deflate(text: str) -> bytes:
    """Return text in a fraction of its room; `inflate` undoes it, in SQL as well."""
    packer = zlib.compressobj(6, zlib.DEFLATED, _WINDOW, _MEMORY, zdict=_OFTEN)
    return packer.compress(text.encode()) + packer.flush()


def inflate(data: bytes | str | None) -> str | None:
    """Return a deflated text, also one of before there was a dictionary; None of nothing.

    A text that is none was kept as it is: a server packs by itself.
    """
    if data is None or isinstance(data, str):
        return data
    return zlib.decompressobj(zdict=_OFTEN).decompress(data).decode()


_json = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode


def pack_answer(answer: Any) -> tuple[bytes | None, str]:
    """Return an answer as it is kept, and why it is not; "" when it is."""
    if answer is None:
        return None, ""
    for spell in (_json, partial(json.dumps, allow_nan=False)):
        try:
            return deflate(spell(answer)), ""
        except (UnicodeEncodeError, ValueError, RecursionError) as error:  # half a character
            trouble = f"the answer cannot be kept ({type(error).__name__})"
    return None, trouble


# Names that are written as one character each, by their place from "0" on. What was written needs
# them again: names are added at the end, and none is ever moved or removed.
_NAMES = (
    "email", "first_name", "last_name", "full_name", "job_title", "seniority", "department",
    "phone", "mobile", "linkedin_url", "company_name", "company_domain", "company_size",
    "industry", "founded_year", "company_description", "company_linkedin_url", "website",
    "tech_stack", "location", "address", "city", "region", "postal_code", "country",
    "country_code", "timezone", "email_kind", "email_status", "phone_e164",
)  # fmt: skip
_CHARACTERS = {name: chr(ord("0") + place) for place, name in enumerate(_NAMES)}
_BY_CHARACTER = {character: name for name, character in _CHARACTERS.items()}
_SHORT = "="  # begins a text of them: no name begins so


@lru_cache(1024)  # a provider covers one of few sets of fields
def pack_names(names: tuple[str, ...]) -> str:
    """Return names of fields in little room; those that are not known here stand between tabs."""
    return _SHORT + "".join([_CHARACTERS.get(name) or f"\t{name}\t" for name in names])


@lru_cache(1024)
def unpack_names(text: str) -> tuple[str, ...]:
    """Return the names of a text, also of one of before, which divides them by tabs."""
    if not text.startswith(_SHORT):
        return tuple(text.split("\t"))
    names: list[str] = []
    for place, part in enumerate(text[len(_SHORT) :].split("\t")):
        names += [part] if place % 2 else [_BY_CHARACTER[character] for character in part]
    return tuple(names)


def storable(text: str) -> str:
    """Return a text without what has no UTF-8."""
    return text.encode("utf-8", "backslashreplace").decode()
