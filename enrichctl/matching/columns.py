"""Looks at a file's columns as a whole: what no field took, and what is about the company."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from enrichctl import aliases
from enrichctl.matching import values as look
from enrichctl.matching import wording

_FULL = 0.5  # share of filled cells that make a column one of addresses
_SHOWN = 3  # values that a question shows
# What is bought and may be in the file all the same: the kind's check, and its fields.
_BOUGHT: Sequence[tuple[str, Callable[[str], bool], tuple[str, ...]]] = (
    ("e-mails", look.holds_email, ("email",)),
    ("phone numbers", look.is_phone_number, ("phone", "mobile", "phone_e164")),
    ("profiles", look.is_profile, ("linkedin_url",)),
)
_OURS = "enrichctl_"


class Ambiguity(NamedTuple):
    """A question that only the user can answer.

    Attributes:
        choices: The possible answers, each a field and the column that would hold it, as
            ``--map FIELD=COLUMN`` takes them.
        why: What is unclear, in words.
        shown: Some of the values in question.
        values: For each choice some of its column's, where the choices are of several columns.
    """

    choices: tuple[tuple[str, str], ...]
    why: str
    shown: tuple[str, ...] = ()
    values: tuple[tuple[str, ...], ...] = ()


def first_values(column: Sequence[str]) -> tuple[str, ...]:
    """Return the first values of a column that differ: enough to see what it holds."""
    return tuple(dict.fromkeys(text for text in column if text.strip()))[:_SHOWN]


def unclaimed(
    header: Sequence[str],
    rows: Sequence[Sequence[str]],
    found: Mapping[str, int],
    closed: frozenset[str] | set[str],
    fallbacks: Mapping[str, Sequence[int]],
) -> list[Ambiguity]:
    """Return a question for each kind of what is bought that stands in columns no field took.

    A column whose header says that it is somebody else's, such as the seller's, is none of them.

    Args:
        header: The columns' names.
        rows: Some of the first records.
        found: Field → the column that holds it.
        closed: Fields that the user has decided about.
        fallbacks: Field → the columns that it is read from where its own is blank.
    """
    taken = {*found.values(), *(place for places in fallbacks.values() for place in places)}
    questions = []
    for kind, check, fields in _BOUGHT:
        filled = (_column(found[name], rows) for name in fields if name in found)
        if not closed.isdisjoint(fields) or any(any(column) for column in filled):
            continue
        places = [
            place
            for place, name in enumerate(header)
            if place not in taken
            and not name.startswith(_OURS)
            and not wording.is_of_others(name)
            and _is_full(check, _column(place, rows))
        ]
        if places:
            titles = [_title(header, place) for place in places]
            questions.append(
                Ambiguity(
                    tuple((fields[0], title) for title in titles),
                    f"{', '.join(titles)} {'holds' if len(titles) == 1 else 'hold'} {kind},"
                    f" and is not taken for {fields[0]}",
                    tuple(filter(check, _column(places[0], rows)))[:_SHOWN],
                )
            )
    return questions


def company_columns(header: Sequence[str]) -> range:
    """Return the columns behind ``Record ID - Company``, with which HubSpot begins a company's.

    So `Phone Number` can stand twice in an export of contacts with their companies.
    """
    of_company = aliases.words("company")
    for place, name in enumerate(header):
        words = wording.words_of(name)
        if place and len(words) > 1 and words[-1] in of_company and "id" in words[:-1]:
            return range(place + 1, len(header))
    return range(0)


def is_same_throughout(place: int, rows: Sequence[Sequence[str]]) -> bool:
    """Tell whether a column says the same in all records, and so tells nobody apart."""
    values = [text for text in _column(place, rows) if text]
    return len(values) > 1 and len({text.casefold() for text in values}) == 1


def _column(place: int, rows: Sequence[Sequence[str]]) -> list[str]:
    return [row[place] for row in rows if place < len(row)]


def _is_full(check: Callable[[str], bool], column: Sequence[str]) -> bool:
    filled = [text for text in column if text]
    return bool(filled) and sum(map(check, filled)) > _FULL * len(filled)


def _title(header: Sequence[str], place: int) -> str:
    name = header[place]
    alike = sum(other.strip().casefold() == name.strip().casefold() for other in header)
    return name if alike == 1 and name.strip() else f"#{place + 1}"
