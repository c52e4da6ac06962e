"""Why a record took what it took and left the rest: worked out when somebody asks.

Nothing of this is stored. The answer that was kept is read again, as the run read it, and compared
with what became of the record.
"""

from collections.abc import Mapping
from typing import Any

from enrichctl.config import Settings
from enrichctl.errors import EnrichctlError
from enrichctl.facts.placeholders import could_be
from enrichctl.model import UNDELIVERABLE, Match, Query, Value
from enrichctl.provider import Local, Provider
from enrichctl.registry import load

Facts = Mapping[str, Any]
UNWANTED = "the run does not fill it"  # though a question may be about more than is wanted


def complete(
    attempt: dict[str, Any],
    values: Mapping[str, Facts],
    fields: set[str],
    settings: Settings,
    known: Mapping[str, Facts],
    stood: Mapping[str, str],
) -> Match:
    """Add to an attempt why values of it were left, and what a local provider was told and asked.

    Returns what its answer holds.

    Args:
        attempt: Shaped like its document; gets ``left``, field → why its value was not taken.
        values: What became of the record's fields, shaped like its document.
        fields: What the run wanted of anybody.
        settings: Say which providers there are.
        known: What was known of the record's fields before, in the same shape.
        stood: Field → provider whose value of it had been accepted by then.
    """
    attempt["left"] = {}
    try:
        provider = load(attempt["provider"], settings)
    except EnrichctlError:
        return {}  # it is no longer configured
    inputs = {name: text for name in provider.uses if (text := _told(name, known))}
    if isinstance(provider, Local):
        own = provider.default_wants
        asked = own if fields >= set(own) else [name for name in provider.finds if name in fields]
        inputs = {n: t for n, t in inputs.items() if n in attempt["told"] or not attempt["told"]}
        attempt["told"] = attempt["told"] or list(inputs)
        attempt["wanted"] = [
            name
            for name in dict.fromkeys((*asked, *attempt["accepted"]))
            if name in attempt["accepted"] or not _before(name, values)
        ]
    elif attempt["answer"] is None:
        return {}
    else:
        inputs = {name: text for name, text in inputs.items() if name in attempt["told"]}
    match = _read(provider, attempt, inputs)
    _leave(attempt, values, fields, match, stood)
    if settings.verify and attempt["told"] != ["email"] and "email_status" in attempt["left"]:
        attempt["left"]["email_status"] = f"{settings.verify} is asked for it"
    if isinstance(provider, Local):
        for name, why in provider.unfound(Query(inputs, tuple(attempt["wanted"]))).items():
            if name not in attempt["accepted"]:
                attempt["left"].setdefault(name, why)
    return match


def _leave(
    attempt: dict[str, Any],
    values: Mapping[str, Facts],
    fields: set[str],
    match: Match,
    stood: Mapping[str, str],
) -> None:
    """Note why values of an answer were not taken."""
    held_back = attempt.get("held_back", ())
    for name in held_back:
        attempt["left"][name] = "held back, it may be of somebody else (--accept review takes it)"
    for name in attempt["wanted"]:
        if name in held_back:
            continue
        if name not in attempt["accepted"] and (
            why := attempt.get("taken_back", {}).get(name)
            or _why(name, match, values, attempt["provider"], stood.get(name))
        ):
            along = fields and name not in fields and not values.get(name)
            attempt["left"][name] = UNWANTED if along else why


def unidentified(values: Mapping[str, Facts], fields: set[str], settings: Settings) -> str:
    """Return what there is to say of a record about which nobody was asked, "" for nothing."""
    inputs = {name: text for name in values if (text := _before(name, values))}
    offline = load("offline", settings)
    said = offline.unfound(Query(inputs, tuple(fields))) if isinstance(offline, Local) else {}
    return "; ".join(f"{name}: {why}" for name, why in said.items())


def _before(name: str, values: Mapping[str, Facts]) -> str:
    return values[name]["before"] or "" if name in values else ""


def _told(name: str, known: Mapping[str, Facts]) -> str:
    """Return what a provider could know of a field."""
    held = known.get(name)
    return (held["before"] or held["after"] or "") if held else ""


def _read(provider: Provider, attempt: Facts, inputs: Mapping[str, str]) -> Match:
    """Return what an answer holds; nothing when this version cannot read it."""
    replaced = frozenset(attempt["accepted"]).intersection(inputs)
    query = Query(inputs, tuple(attempt["wanted"]), replaced)
    try:
        return provider.read(attempt["answer"], query)
    except Exception:  # noqa: BLE001 - an explanation is no reason to fail
        return {}


def _why(
    name: str,
    match: Match,
    values: Mapping[str, Facts],
    provider: str,
    standing: str | None,
) -> str:
    """Return why a value was left, "" when there was none.

    What a later provider found was not there yet, and is no reason.
    """
    value = match.get(name, Value(""))
    verdict = match.get("email_status", Value("")).text
    if name == "email" and verdict == UNDELIVERABLE:
        return "it calls the address undeliverable"
    if not value.text:
        return ""
    held = values.get(name)
    mine = held and held["provider"] == provider == standing and held["after"]
    before = mine or _before(name, values)
    same = bool(before) and str(before).casefold() == value.text.casefold()
    if standing and not (mine and same):
        return f"the value of {standing} stands"
    if before:
        return "the cell holds it" if same else "the cell was filled"
    return _unfit(name, value, values)


def _unfit(name: str, value: Value, values: Mapping[str, Facts]) -> str:
    """Return why a value does not fill a blank cell."""
    if not could_be(name, value.text, _before("email", values)):
        return "it is no usable value"
    if value.confidence is not None:
        return f"its confidence of {value.confidence:g} is below the minimum"
    return UNWANTED  # what states no confidence counts as sure
