"""Which country a row belongs to, as far as it tells: that of its national phone numbers."""

from collections.abc import Iterator, Mapping
from functools import cache, lru_cache

from enrichctl.facts import countries, spelling
from enrichctl.facts.words import lines, plain

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

    A country that the row names counts alone; one that is not understood may be any. Then comes
    what its location names; and over the default, which is for rows that tell nothing, its town
    and the country domains of its mail and website. Where those contradict each other none counts.

    Args:
        values: Canonical field → text.
        default: ISO 3166 alpha-2 country of rows that tell of none; "" for none.
    """
    stated = values.get("country_code") or values.get("country")
    if stated:
        return countries.code(stated) or ""
    located = country_of_location(values.get("location", ""))
    if not (located or default):
        return ""
    common = frozenset[str]()
    for number, (_, hint) in enumerate(_hints(values)):
        common = common & hint if number else hint
        if not common:
            return ""  # they contradict each other
    if default in common or not common:
        return default
    return next(iter(common)) if len(common) == 1 else ""


def doubt(values: Mapping[str, str]) -> str:
    """Return why a row does not tell whose country its national numbers are of, in words."""
    if values.get("country_code") or values.get("country"):
        return "its country is not understood"
    hints = list(_hints(values))
    if not hints:
        return "the row tells of no country: --default-region names one"
    common = frozenset.intersection(*(lands for _, lands in hints))
    if len(common) == 1 and country_of_location(values.get("location", "")):
        return ""
    said = ", ".join(f"{name} {'/'.join(sorted(lands))}" for name, lands in hints)
    if common:
        return f"it is no number there, or no --default-region lets hints count ({said})"
    return f"what tells of a country contradicts itself ({said})"


def lands_of(values: Mapping[str, str]) -> frozenset[str]:
    """Return all countries of which anything in a row or an answer speaks, none where nothing does.

    A country that is named counts alone. A number counts where it states its country.
    """
    stated = values.get("country_code") or values.get("country")
    if stated and (code := countries.code(stated)):
        return frozenset({code})
    found = frozenset[str]().union(*(lands for _, lands in _hints(values)))
    numbers = [text for name in ("phone", "mobile") if "+" in (text := values.get(name, ""))]
    if not numbers:
        return found
    from enrichctl.facts.phones import origin_of  # noqa: PLC0415 - slow to import

    return found | {place.country_code for text in numbers if (place := origin_of(text))} - {""}


def _hints(values: Mapping[str, str]) -> Iterator[tuple[str, frozenset[str]]]:
    """Yield the fields that tell of a country, and which it may be by each."""
    if hint := _of_location(values.get("location", "")):
        yield "location", hint
    if hint := _of_town(values.get("city", "")):
        yield "city", hint
    for name in ("email", "company_domain", "website"):
        if (text := values.get(name)) and (country := _of_domain(text)):
            yield name, frozenset({country})


@lru_cache(1 << 12)
def country_of_location(text: str) -> str:
    """Return the country at the end of a location: ``Paris, France``, ``Amsterdam, NL``."""
    *before, last = (part.strip() for part in text.split(","))
    # Two letters after a town may be a state of the USA, which has codes of its own.
    if not last or (before and last in _STATES):
        return ""
    return (countries.code(last) or "") if before or len(last) > 2 else ""  # noqa: PLR2004 - a code


@lru_cache(1 << 12)
def _of_location(text: str) -> frozenset[str]:
    if country := country_of_location(text):
        return frozenset({country})
    town, *more = (part.strip() for part in text.split(","))
    lands = _of_town(town)
    if not more:
        return lands
    if more[-1] in _STATES:
        return frozenset({"US", countries.code(more[-1]) or "US"})
    return lands if len(lands) == 1 and len(more) == 1 else frozenset()


def _of_town(text: str) -> frozenset[str]:
    """Return the countries that have a town of this name, as far as towns are known."""
    return _towns().get(plain(text), frozenset()) if text else frozenset()


@cache
def _towns() -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for line in lines("towns.txt"):
        land, *names = line.split("|")
        for name in map(plain, names):
            found[name] = found.get(name, frozenset()) | {land}
    return found


def _of_domain(text: str) -> str:
    host = spelling.domain(text)
    return _of_top_level(host.rpartition(".")[2]) if host else ""


@lru_cache(1 << 11)  # as in `suffixes`
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
