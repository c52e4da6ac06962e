"""The written exchanges of the conformance suite as traffic."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from contracts import Answered, Sent
from enrichctl.conformance import Exchanges, read
from enrichctl.conformance.written import Due, Scripted

FOLDER = Path(__file__).parents[1] / "conformance/exchanges"


@dataclass(frozen=True, slots=True)
class Written:
    """One exchange: the case and its number in it, the request, the reply unless it gets lost."""

    place: str
    sent: Sent
    answered: Answered | None


def written(vendor: str) -> Iterator[Written]:
    """Yield every exchange of a vendor's file."""
    whole = read(FOLDER / f"{vendor}.json", "http://127.0.0.1")
    for case in whole.cases:
        due = Due("", "")
        for number, exchange in enumerate(case.exchanges, 1):
            due = exchange.request or due
            said = exchange.reply
            reply = _answered(said) if isinstance(said, Scripted) else None
            yield Written(f"{case.name}, {number}", sent(whole, due), reply)


def sent(whole: Exchanges, due: Due) -> Sent:
    """Return a written request as it goes over the wire."""
    headers = {k.lower(): v for k, v in (whole.headers | due.headers).items() if v is not None}
    body = due.text.encode() if due.json is None else json.dumps(due.json).encode()
    return Sent(due.method, due.path, headers, body)


def _answered(said: Scripted) -> Answered:
    text = said.text
    if text is None:
        text = "" if said.json is None else json.dumps(said.json)
    headers = {name.lower(): value for name, value in said.headers.items()}
    return Answered(said.status, headers, text.encode())
