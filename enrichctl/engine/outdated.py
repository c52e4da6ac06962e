"""What an earlier run filled, and what may be so no longer since another cell of the row changed.

A phone in E.164 follows from a phone, a country from a website, a verdict is about an e-mail. Where
an enriched file is read again, somebody may have corrected the cell that such a value follows from,
or a newer answer replaces it. What was derived on this machine is derived anew then: that is free.
What is left as it was gets a word in the note.
"""

from collections.abc import Iterator

from enrichctl.engine.lead import Lead
from enrichctl.wanted_fields import sources_in

NOTHING: frozenset[str] = frozenset()
OF_ADDRESS = {"email_kind": "email", "email_status": "email", "phone_e164": "phone"}
"""Field → the one that it is about, whoever says so."""


def derived_before(lead: Lead, provider: str) -> frozenset[str]:
    """Return what a local provider derived in an earlier run and has to derive anew.

    Nothing, while all that it may follow from is as it was.
    """
    sources = lead.record.earlier[0]
    if not (sources and _changed(lead)):
        return NOTHING
    found = frozenset(name for name, who in sources_in(sources).items() if who == provider)
    lead.note_outdated(found)
    return found


def _changed(lead: Lead) -> frozenset[str]:
    """Return the cells that were filled when an earlier run ended, and have another text by now."""
    read = lead.record.values
    replaced = (
        name for name, text in lead.filled.items()
        if text != read.get(name, text) and not lead.origin[name].derived
    )  # fmt: skip
    return lead.record.corrected.union(replaced)


def left_as_they_were(lead: Lead) -> Iterator[tuple[str, str]]:
    """Yield fields whose values may be so no longer, and what to say of each."""
    changed = _changed(lead)
    for name, who in sources_in(lead.record.earlier[0]).items() if changed else ():
        if name in lead.filled or not lead.text(name):
            continue
        if (about := OF_ADDRESS.get(name)) in changed:
            yield name, f"{who} said so of another {about}"
        elif name in lead.outdated:
            yield name, f"{who} found it before another cell was changed"
