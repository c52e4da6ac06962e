"""What of an answer a record may take, by what it holds and by what its address is worth."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from enrichctl.engine.reading import verdict_in
from enrichctl.engine.row_says import names_it_so
from enrichctl.facts import spelling
from enrichctl.facts.placeholders import could_be
from enrichctl.model import UNDELIVERABLE, Match, Provenance

if TYPE_CHECKING:
    from enrichctl.engine.lead import Lead

SURE = 1.0  # what a provider's value counts as that states no confidence of its own


def takeable(
    lead: "Lead",
    match: Match,
    wants: Iterable[str],
    *,
    overwrite: frozenset[str],
    min_confidence: float,
    guesses: frozenset[str] | None = None,
) -> Iterator[str]:
    """Yield the fields of a match that the record wants and may take.

    A cell that was filled when read is replaced only under ``overwrite``, and by what is less than
    sure only where ``guesses`` names it, or is None. A value that another
    provider gave before stands, unless it was a guess and this one is surer.
    """
    origin, read, unknown = lead.origin, lead.record.values, lead.record.unknown
    for name in wants:
        if name not in match:
            continue
        text, stated, _ = match[name]
        if not could_fill(lead, name, text):
            continue
        if _sure(stated) < min_confidence:
            continue
        if name == "email" and _is_refused(lead, text, verdict_in(match)):
            continue
        if name in origin:
            if not _gives_way(origin[name], stated, same=lead.filled.get(name) == text):
                continue
            if stated is None and origin[name].derived and names_it_so(lead, name, text):
                continue
        elif (name in read or name in unknown) and not (
            name in overwrite and (guesses is None or name in guesses or _sure(stated) >= SURE)
        ):
            continue
        yield name


def _sure(stated: float | None) -> float:
    return SURE if stated is None else stated


def _gives_way(held: Provenance, stated: float | None, *, same: bool) -> bool:
    """Tell whether a value gives way to one that is stated with a confidence, or with none.

    What was derived on this machine gives way to what is surer. Who was asked first is named as
    the source of what others say as well, and nobody who states no confidence is known to be surer.
    """
    if held.confidence is None:
        return False
    if held.derived:
        return held.confidence < _sure(stated)
    return stated is not None and held.confidence < stated and not same


def could_fill(lead: "Lead", name: str, text: str) -> bool:
    """Tell whether a text can be a field's value at all, and no address that was rejected."""
    if name == "email" and lead.verdicts:
        verdict = lead.verdicts.get(spelling.canonical(name, text))
        if verdict == UNDELIVERABLE:
            return False
    return bool(text) and (could_be(name, text) or could_be(name, text, lead.text("email")))


def _is_refused(lead: "Lead", email: str, verdict: str) -> bool:
    """Tell whether an e-mail is not taken, because its own provider or the verifier says so.

    One that was verified stands, and one that was rejected is not taken again.
    """
    if verdict == UNDELIVERABLE:
        return True
    return lead.is_settled(email) or lead.is_settled(lead.text("email"))
