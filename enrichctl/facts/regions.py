"""Which country a row belongs to, as far as it tells: that of its national phone numbers."""

from collections.abc import Iterator, Mapping
from functools import cache, lru_cache

from enrichctl.facts import countries, spelling

# Country domains that are sold to anybody: they tell of no country.
_SOLD = frozenset(
    {
        "ac", "ag", "ai", "am", "as", "bz", "cc", "cd", "cf", "cm", "co", "cx", "dj", "eu",
        "fm", "ga", "gd", "gg", "gl", "gq", "gs", "gy", "ht", "im", "io", "je", "la", "lc",
        "ly", "md", "me", "mn", "ms", "mu", "nf", "nu", "pm", "pn", "pw", "sc", "sh",
        "so", "st", "su", "sx", "tc", "tf", "tk", "tl", "tm", "to", "tv", "vc", "vg", "vu", "ws",
    }
)  # fmt: skip
_UNITED_KINGDOM = "uk"


def region_of(values: Mapping[str, str], default: str) -> str:
    """Return the country of a row's national numbers, "" where it is not certain.

    A country that the row names counts alone; one that is not understood may be any. Then come
    what its location names, and over the default, which is for rows that tell nothing, the
    country domain of its mail and website. Where those contradict each other none counts.

    Args:
        values: Canonical field → text.
        default: ISO 3166 alpha-2 country of rows that tell of none; "" for none.
    """
    stated = values.get("country_code") or values.get("country")
    if stated:
        return countries.code(stated) or ""
    located = _of_location(values.get("location", ""))
    if located or not default:
        return located
    hints = set(_domains(values))
    if not hints:
        return default
    return hints.pop() if len(hints) == 1 else ""


def _domains(values: Mapping[str, str]) -> Iterator[str]:
    for name in ("email", "company_domain", "website"):
        if (text := values.get(name)) and (country := _of_domain(text)):
            yield country


@lru_cache(1 << 12)
def _of_location(text: str) -> str:
    """Return the country at the end of a location: ``Paris, France``, ``Amsterdam, NL``."""
    *before, last = (part.strip() for part in text.split(","))
    # Two letters after a town may be a state of the USA, which has codes of its own.
    if not last or (before and last in _STATES):
        return ""
    return (countries.code(last) or "") if before or len(last) > 2 else ""  # noqa: PLR2004 - a code


def _of_domain(text: str) -> str:
    host = spelling.domain(text)
    return _of_top_level(host.rpartition(".")[2]) if host else ""


@cache
def _of_top_level(label: str) -> str:
    if label == _UNITED_KINGDOM:
        return "GB"
    if label in _SOLD or len(label) != 2:  # noqa: PLR2004 - letters of a country's domain
        return ""
    return label.upper() if countries.name(label) else ""


_STATES = frozenset(
    {
        "AL", "AK", "AZ", "AR", "CA", "CO", "CT", "DE", "FL", "GA", "HI", "ID", "IL", "IN", "IA",
        "KS", "KY", "LA", "ME", "MD", "MA", "MI", "MN", "MS", "MO", "MT", "NE", "NV", "NH", "NJ",
        "NM", "NY", "NC", "ND", "OH", "OK", "OR", "PA", "RI", "SC", "SD", "TN", "TX", "UT", "VT",
        "VA", "WA", "WV", "WI", "WY", "DC",
    }
)  # fmt: skip
