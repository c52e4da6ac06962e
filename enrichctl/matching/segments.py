"""Of which kind a person is: country, seniority, industry, size of the company.

Pure. A segment is what was known before anybody beyond the machine was asked: what an answer says
would put every match into a segment, and no miss.
"""

import re
from collections.abc import Mapping
from functools import lru_cache

from enrichctl.facts import countries, titles
from enrichctl.model import Segment
from enrichctl.patterns import pattern

# LinkedIn's bands: the last number of each, https://www.linkedin.com/help/linkedin/answer/a564234
BANDS = (1, 10, 50, 200, 500, 1_000, 5_000, 10_000)
LONGEST = 40  # characters of an industry: more is a sentence
_NUMBER = pattern(r"\d+(?:[.,' \u00a0\u202f]\d{3})*(?:\s?[kK]\b)?")
_APART = pattern(r"[.,' \u00a0\u202f]")


def segment_of(values: Mapping[str, str]) -> Segment:
    """Return the segment of a person of whom these values are known."""
    get = values.get
    return _segment(
        get("country_code", ""), get("country", ""), get("seniority", ""), get("job_title", ""),
        get("industry", ""), get("company_size", ""),
    )  # fmt: skip


@lru_cache(1 << 10)  # many people are of one
def _segment(code: str, country: str, level: str, title: str, industry: str, size: str) -> Segment:
    return Segment(
        country_of(code, country), seniority_of(level, title), industry_of(industry), size_of(size)
    )


def country_of(code: str, name: str) -> str:
    """Return the alpha-2 code of a country; "" when neither says one."""
    return (countries.code(code) if code else "") or (countries.code(name) if name else "") or ""


def seniority_of(level: str, title: str) -> str:
    """Return one of the levels of `facts.titles`; what else a cell says, folded."""
    word = re.sub(r"[\W_]+", "_", level.strip().casefold())
    if word:
        return word if word in titles.SENIORITIES else titles.seniority(level) or word[:LONGEST]
    return (titles.seniority(title) if title else None) or ""


@lru_cache(1 << 10)
def industry_of(text: str) -> str:
    """Return an industry in one spelling."""
    return " ".join(text.casefold().split())[:LONGEST].strip()


def number_of(text: str) -> int | None:
    """Return the first number of a text, as of people at a company: 1,001 of 1,001-5,000."""
    if not (found := _NUMBER.search(text)):
        return None
    word = found[0].casefold()
    return int(_APART.sub("", word.rstrip("k "))) * (1_000 if word.endswith("k") else 1)


@lru_cache(1 << 10)
def size_of(text: str) -> str:
    """Return the band of a number of people, or of a range that begins in it; "" for no number."""
    number = number_of(text)
    if not number:
        return ""
    for before, last in zip((0, *BANDS[1:]), BANDS[1:], strict=False):
        if number <= last:
            return f"{before + 1}-{last}"
    return f"{BANDS[-1] + 1}+"
