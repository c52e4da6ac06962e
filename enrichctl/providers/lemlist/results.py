"""Reading what lemlist found, in either of its two vocabularies."""

from collections.abc import Iterator, Mapping
from typing import Any

from enrichctl.errors import BadRecord, RecordError, Unconfirmed
from enrichctl.provider import Ticket, text
from enrichctl.providers.lemlist.refusals import is_code
from enrichctl.providers.lemlist.words import COMPANY, RESULT, VERBS


def receipt_of(entry: Any) -> Ticket | RecordError:
    """Read what lemlist gives for one question: a ticket, or a code why not."""
    entry = entry if isinstance(entry, dict) else {}
    if ticket := text(entry.get("id")):
        return Ticket(ticket)
    if code := text(entry.get("error")):
        return BadRecord(f"lemlist rejects it: {code if is_code(code) else 'it does not say why'}")
    return Unconfirmed("lemlist gave no ticket; it may have been charged")


def results(data: Any) -> Iterator[tuple[str, str]]:
    """Yield the values of a result, in either vocabulary, the person's before the employer's."""
    data = data if isinstance(data, dict) else {}
    for key, names in RESULT.items():
        yield from values(data.get(key), names)
    profile = data.get(VERBS["profile"])
    groups = profile.get("positionGroups") if isinstance(profile, dict) else None
    for group in objects(groups)[:1]:  # the present employer
        yield from values(group.get("company"), COMPANY)


def values(part: Any, names: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield the fields of a part that have a value."""
    for field, key in names.items():
        if isinstance(part, dict) and (value := text(part.get(key))):
            yield field, value


def objects(listed: Any) -> list[dict[str, Any]]:
    """Return the objects of a list; nothing of anything else."""
    return [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
