"""What is to be taken with care: a caution goes with its values, from run to run.

A provider may say of an answer that it is to be taken with care. That holds of the values that came
from it and of what was derived from them, and as long as they are there. An enriched file that is
read again has nothing but its columns, so a note says of which values each caution is::

    superoffice: the phone is the company's, not the person's (phone, phone_e164)

A later run takes a caution over for the values that are there and still have a source.
"""

from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet

from enrichctl.engine.lead import Lead
from enrichctl.engine.outdated import left_as_they_were
from enrichctl.engine.tried import Tried
from enrichctl.model import Record
from enrichctl.reasons import said_by
from enrichctl.wanted_fields import sources_in

Texts = dict[str, None]
"""Cautions in words, in the order in which they came up."""

_BETWEEN, _BEFORE, _AFTER = "; ", " (", ")"  # parts of a note, and the values of a caution


def cautions_of(lead: Lead) -> Iterator[str]:
    """Yield what is to be taken with care of a record's values, as its note says it."""
    found = _earlier(lead.record)
    for tried in lead.tried:
        if tried.attempt is None:
            _derive(lead, tried, found)
        else:
            _answer(lead, tried, found)
    for name, text in left_as_they_were(lead):
        found.setdefault(name, {})[text] = None
    about: dict[str, list[str]] = {}
    for name, texts in found.items():
        for text in texts if lead.text(name) else ():
            about.setdefault(text, []).append(name)
    for text, names in about.items():
        yield f"{text}{_BEFORE}{', '.join(names)}{_AFTER}"


def cautions_in(note: str) -> str:
    """Return the cautions of a note, without what else it says."""
    return _BETWEEN.join(part for part in note.split(_BETWEEN) if any(_read(part)))


def _earlier(record: Record) -> dict[str, Texts]:
    """Return what an earlier run's note says of values that are still there, by field."""
    sources, _, note = record.earlier
    found: dict[str, Texts] = {}
    if _BEFORE not in note:  # mostly
        return found
    attributed = sources_in(sources)
    for text, name in _read(note):
        if name in attributed and name in record.values:
            found.setdefault(name, {})[text] = None
    return found


def _read(note: str) -> Iterator[tuple[str, str]]:
    """Yield the cautions of a note: text and field."""
    for part in note.split(_BETWEEN):
        text, _, names = part.rpartition(_BEFORE)
        if text and names.endswith(_AFTER):
            yield from ((text, name) for name in names.removesuffix(_AFTER).split(", "))


def _answer(lead: Lead, tried: Tried, found: dict[str, Texts]) -> None:
    """Put what is said of an answer on the values that came with it, those that are told too."""
    held = [name for name in tried.found if name in lead.held and not lead.text(name)]
    for name in (*tried.accepted, *held):
        found[name] = {
            said_by(tried.provider, remark.text).replace(";", ","): None
            for remark in tried.remarks
            if not remark.cause and (not remark.fields or name in remark.fields)
        }


def _derive(lead: Lead, tried: Tried, found: dict[str, Texts]) -> None:
    """Put on what was derived on this machine what holds of the cells that it follows from."""
    if not found:
        return
    for name in tried.accepted:
        found[name] = dict.fromkeys(_of(_cells(lead, tried, name), found))


def _cells(lead: Lead, tried: Tried, name: str) -> AbstractSet[str]:
    """Return the fields from which a value follows, as its source says."""
    origin = lead.origin.get(name)
    return set(origin.source.split(",")).intersection(tried.inputs) if origin else set()


def _of(names: Iterable[str], found: Mapping[str, Texts]) -> Iterator[str]:
    for name in sorted(names):
        yield from found.get(name, ())
