"""JSON in little room: what journals repeat all the time is known before the first byte."""

import json
import zlib
from functools import lru_cache, partial
from typing import Any

from enrichctl.json_text import spelling_of

_WINDOW, _MEMORY = 13, 6  # zlib's sizes: enough for what is packed here, and quick to set up

# What was packed with these bytes needs them again, so they never change: a better dictionary is
# one more, told apart by the checksum that zlib writes into what it packs. None is learned from
# answers, and so holds nothing of anybody: they are words of this program and of vendors' pages.
_FIRST = (
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
_SECOND = (  # keys in the order in which answers and cells have them, what is most frequent last
    b'"object_type":"contact_id":"lead_id":"display_name":"custom.cf_","emails":[{"email":"'
    b'"odata.metadata":"","value":[{"PrimaryKey":"EntityName":"contactId":"Postal":{"City":"'
    b'{"enrichmentId":"enr_","enrichmentStatus":"done","input":{},"data":{"email":{"email":"'
    b'","notFound":false,"status":"deliverable"},"phone":{"phone":"+"},"linkedin":{"linkedinUrl":"'
    b'","firstName":"","lastName":"","locationName":"","companyName":"","companyDomain":"'
    b'","occupation":"","tagline":"","jobTitle":"'
    b'"error":null,"verified","valid","results":[{"value":"","type":"work"}],"mobile":"'
    b'"city":"","postal_code":"","region":"","country":"","country_code":"","timezone":"'
    b'","website":"https://www.","address":"","company_description":"","email_status":"'
    b'","email_kind":"","phone_e164":"+","department":"","company_linkedin_url":"","company_size":"'
    b'{"data":{"contact":{"id":"","email":"@gmail.com","company":{"id":"","social":{"linkedin_url":"'
    b'"fields_updated":["status":"ok","score":"credits_remaining":"title":"'
    b"United States, United Kingdom, Germany, France, "
    b"Head of Director of Manager of Sales Marketing Engineering Chief Officer VP of "
    b'"headquarters":"hq_location":"technologies":["'
    b'{"data":{"person":{"full_name":"","first_name":"","last_name":"","job_title":"'
    b'","seniority":"","phone":"+","location":"","linkedin_url":"https://www.linkedin.com/in/"},'
    b'"company":{"name":"","domain":".com","size":"51-200","industry":"","founded_year":19'
    b',"description":"","linkedin_url":"https://www.linkedin.com/company/","tech_stack":["'
    b'"]},"confidence":0.9,"source":"vendor_"}}'
    b'{"email":["@.com"],"first_name":["'
    b'"],"last_name":["'
    b'"],"full_name":["'
    b'"],"company_domain":["'
    b'"],"company_name":["'
    b'"],"website":["'
    b'"],"job_title":[null,"'
    b'","leadlex","",0.9'
    b',"2026-01-01T00:00:00+00:00"],"phone":[null,"+'
    b'","lemlist",null,null,"2026-01-01T00:00:00+00:00"],"linkedin_url":[null,'
    b'"https://www.linkedin.com/in/","offline",null,0.85,"2026-01-01T00:00:00+00:00"]}'
)
_KNOWN = {zlib.adler32(one).to_bytes(4, "big"): one for one in (_FIRST, _SECOND)}
# Copying what knows the dictionary is quicker than teaching it the dictionary.
_PACKER = zlib.compressobj(6, zlib.DEFLATED, _WINDOW, _MEMORY, zdict=_SECOND)


def deflate(text: str) -> bytes:
    """Return text in a fraction of its room; `inflate` undoes it, in SQL as well."""
    packer = _PACKER.copy()
    return packer.compress(text.encode()) + packer.flush()


def inflate(data: bytes | str | None) -> str | None:
    """Return a deflated text, with whichever dictionary or none; None of nothing.

    A text that is none was kept as it is: a server packs by itself.
    """
    if data is None or isinstance(data, str):
        return data
    return zlib.decompressobj(zdict=_KNOWN.get(data[2:6], b"")).decompress(data).decode()


_json = spelling_of(nan=False)


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
