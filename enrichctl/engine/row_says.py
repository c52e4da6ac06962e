"""Whether a name that was derived follows from one that the row states itself."""

from typing import TYPE_CHECKING

from enrichctl.facts.spelling import fold
from enrichctl.matching.identity import NAMES

if TYPE_CHECKING:
    from enrichctl.engine.lead import Lead


def names_it_so(lead: "Lead", name: str, text: str) -> bool:
    """Tell whether a name held follows from one that the row states, and another says no more.

    Other words, an initial or another spelling say no more. The row's own words, divided in another
    way, do, and so does a name where the row has an initial.
    """
    if name not in NAMES:
        return False
    read, made = lead.record.values, lead.record.derived
    sources = lead.origin[name].source.split(",")
    if not NAMES.issuperset(sources) or any(one not in read or one in made for one in sources):
        return False
    if any(len(word) == 1 for word in _words(lead.filled[name])):
        return False
    words = {word for source in sources for word in _words(read[source])}
    return not words.issuperset(_words(text))


def _words(text: str) -> list[str]:
    return fold(text).replace(".", " ").replace(",", " ").split()
