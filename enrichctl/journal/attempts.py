"""An attempt as a row of the journal holds it."""

import json
from datetime import datetime
from typing import Any

from enrichctl.journal.money import from_millionths
from enrichctl.journal.packing import inflate, unpack_names
from enrichctl.model import Attempt, Outcome


def attempt_of(row: tuple[Any, ...]) -> Attempt:
    """Read the columns that `queries` selects of an attempt."""
    (number, provider, account, person, inputs, wants, outcome, stored, at, run, answer, packed,
     reason, cause, ticket, request_id) = row  # fmt: skip
    text = inflate(packed) if answer is None else answer
    return Attempt(
        id=number,
        provider=provider,
        account=account,
        person=person,
        inputs=tuple(inputs.split("\t")),
        wants=unpack_names(wants),
        outcome=Outcome(outcome),
        credits=from_millionths(stored),
        at=datetime.fromisoformat(at),
        run=run,
        answer=None if text is None else json.loads(text),
        reason=reason,
        cause=cause,
        ticket=ticket,
        request_id=request_id,
    )
