"""Settlements and intents as the server's `write_all` takes them, and what it says of them."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from enrichctl.errors import UnderWay
from enrichctl.journal.entries import Settlement
from enrichctl.journal.intending import Intending
from enrichctl.journal.money import PERIODS, attempt_values, no_room, room, side_by_side
from enrichctl.journal.packing import inflate
from enrichctl.model import Outcome

_json = json.JSONEncoder(separators=(",", ":")).encode


def as_rows(jobs: Sequence[Any]) -> tuple[str, str] | None:
    """Return settlements and intents as two lists of JSON; None where other jobs are among them."""
    ends: dict[int, Any] = {}
    intents = []
    for job in jobs:
        if type(job) is Settlement and job.number not in ends:
            ends[job.number] = _end(job)
        elif type(job) is Intending:
            intents.append(_intent(job))
        else:
            return None
    return _text(list(ends.values())), _text(intents)


def results(jobs: Sequence[Any], came: Sequence[Any]) -> list[Any]:
    """Return the outcome of each job: its result, or the error that it ends with.

    Args:
        jobs: As they were given to `as_rows`.
        came: What the server said of the intents among them.
    """
    said = iter(came)
    return [_result(job, next(said)) if type(job) is Intending else None for job in jobs]


def _result(job: Intending, came: Any) -> Any:
    if isinstance(came, int):
        return came
    if "run" in came:
        return UnderWay(came["run"])
    return no_room(job.intent, PERIODS[came["place"]], came["spent"])


def _end(end: Settlement) -> dict[str, Any]:
    """Return a settlement by the names that the server knows."""
    return {
        "number": end.number, "credits": end.credits, "outcome": end.outcome, "ended": end.ended,
        "packed": inflate(end.packed), "reason": end.reason, "cause": end.cause,
        "request_id": end.request_id, "ticket": end.ticket, "open": end.is_open,
        "balance": end.balance, "at": end.at,
        "since": None if end.balance is None else side_by_side(datetime.fromisoformat(end.at)),
    }  # fmt: skip


def _intent(job: Intending) -> dict[str, Any]:
    """Return an intent by the names that the server knows."""
    intent = job.intent
    names = ("provider", "account", "person", "variant", "told", "wants", "run", "day", "outcome",
             "credits", "at", "payload")  # fmt: skip
    row = dict(zip(names, attempt_values(intent, Outcome.SENT, job.worst, job.now()), strict=True))
    limits = room(intent.budgets)
    return {
        **row,
        "person": intent.person.hex(),
        "subjects": [key.hex() for key in intent.subjects],
        "seen": intent.seen,
        "limits": None if limits == [None] * len(limits) else limits,
    }


def _text(rows: Sequence[dict[str, Any]]) -> str:
    """Return rows as JSON, without the one character that PostgreSQL cannot hold."""
    text = _json(rows)
    if "\\u0000" in text:
        text = _json([{n: _storable(value) for n, value in row.items()} for row in rows])
    return text


def _storable(value: Any) -> Any:
    return value.replace("\0", "\ufffd") if isinstance(value, str) else value
