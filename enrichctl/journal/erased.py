"""How many attempts of a run were erased, so that what it has done stays known."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from enrichctl.journal.contract import StoreConnection
from enrichctl.journal.history import ERASED, FOR_EVER, SEEN_DEAD
from enrichctl.model import Outcome

ANSWERS = (Outcome.MATCHED.value, Outcome.MISSED.value)


def keep_counts(db: StoreConnection, which: str, values: Sequence[Any]) -> None:
    """Keep how many attempts each run made that are about to go, by provider and outcome.

    Whom they were about is in none of it. What came after a run was over was counted elsewhere.

    Args:
        db: The journal.
        which: SQL that tells those that go.
        values: What its question marks stand for.
    """
    runs = db.execute(
        "SELECT id, finished_at, summary FROM runs"
        f" WHERE id IN (SELECT run FROM attempts WHERE {which})",
        tuple(values),
    ).fetchall()
    for run, finished_at, text in runs:
        summary = json.loads(text)
        over = finished_at or _seen_dead(summary)
        kept = summary.setdefault(ERASED, {})
        gone = db.execute(
            "SELECT provider, outcome, COUNT(*) FROM attempts"
            f" WHERE run=? AND at<=? AND {which} GROUP BY provider, outcome",
            (run, over, *values),
        ).fetchall()
        for provider, outcome, count in gone:
            of_provider = kept.setdefault(provider, {})
            of_provider[outcome] = of_provider.get(outcome, 0) + count
        db.execute("UPDATE runs SET summary=? WHERE id=?", (json.dumps(summary), run))


def _seen_dead(summary: Mapping[str, Any]) -> str:
    seen = summary.get(SEEN_DEAD)
    return datetime.fromisoformat(seen).isoformat(timespec="milliseconds") if seen else FOR_EVER


def answers_erased(summary: Mapping[str, Any]) -> int:
    """Return how many answers of a run are gone."""
    kept = summary.get(ERASED, {}).values()
    return sum(outcomes.get(word, 0) for outcomes in kept for word in ANSWERS)
