"""Runs as the journal keeps them, for what shows them."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from enrichctl.facts import spelling
from enrichctl.journal import Intent, history, record_rows, subject_key

STARTED = datetime(2025, 11, 20, 9, 0, tzinfo=UTC)
SUMMARY = {
    "outcomes": {
        "enriched": 3, "complete": 1, "no_match": 1, "skipped": 0,
        "failed": 1, "unconfirmed": 0, "pending": 2,
    },
    "providers": [
        {
            "name": "leadlex", "asked": 5, "matched": 3, "missed": 1, "declined": 0, "failed": 1,
            "unconfirmed": 0, "calls": 5, "requests": 6, "reused": 2, "earlier": 0,
            "credits": "3.5",
            "match_rate": 0.75,
        },
    ],
    "fields": [{"name": "job_title", "filled_before": 2, "filled_after": 6}],
    "errors": [{"cause": "leadlex: rejected", "count": 1, "next": "correct the rows"}],
}  # fmt: skip


def begin(journal, name="20251120-090000-aaaa", **facts):
    """Enter a run that was stopped by its budget, unless told otherwise."""
    entry = history.RunEntry(
        name, STARTED, "/in/leads.csv", "/in/out.csv",
        ("enrichctl", "enrich", "my leads.csv", "--budget", "3"),
    )  # fmt: skip
    ended = {
        "finished_at": STARTED + timedelta(minutes=12, seconds=4), "state": "stopped",
        "stopped_by": "budget", "exit_status": 5, "records": 8, "people": 7, "summary": SUMMARY,
    }  # fmt: skip
    for key, value in (ended | facts).items():
        setattr(entry, key, value)
    history.begin(journal, entry)
    return entry


def ask(journal, entry, email="jane@acme.com", provider="leadlex"):
    """Ask about a person; return the attempt's number."""
    key = subject_key(spelling.canonical("email", email))
    return journal.intend(
        Intent(
            provider, "acct", email.encode(), "", ("email",), ("job_title", "phone"), entry.id,
            (key,), Decimal(1),
        )
    )  # fmt: skip


def record(row, word, note="", attempts=(), cells=None):
    """Return a record; ``cells`` are as the journal keeps them."""
    return record_rows.pack_record(
        record_rows.RecordRow(row, row + 1, word, note, cells or {}, list(attempts))
    )
