"""What is asked of a journal of one's own that goes to a team's, and of what has arrived there."""

from enrichctl.journal.queries import IN_SANDBOX, REAL, RUN_COLUMNS

MOVED_COLUMNS = (
    "provider, account, person, variant, told, wants, run, day, outcome, credits, at, payload,"
    " ticket, reason, cause, request_id, packed"
)
ATTEMPTS_TO_MOVE = (
    "SELECT id, provider, account, person, variant, told, wants, run, day, outcome, credits, at,"
    " payload, ticket, reason, cause, request_id, COALESCE(answer, inflate(packed))"
    f" FROM attempts WHERE id>? AND {REAL} ORDER BY id LIMIT ?"
)
ENDED_SINCE = (
    "SELECT provider, account, run, day, outcome, at, credits, reason, cause, request_id,"
    " COALESCE(answer, inflate(packed)) FROM attempts"
    " WHERE id=? AND outcome NOT IN (?, ?, ?, ?)"
)
RUN_TO_MOVE = f"SELECT {RUN_COLUMNS} FROM runs WHERE id=?"
ALL_SPENDING = f"SELECT provider, account, period, credits FROM spending WHERE {REAL}"
ALL_BALANCES = f"SELECT provider, account, credits, at FROM balances WHERE {REAL}"
ALL_WINDOWS = f"SELECT provider, account, calls, seconds, at FROM windows WHERE {REAL}"
ALL_KEYS = "SELECT provider, key, account FROM keys"
MOVED = "SELECT former, became FROM moved WHERE origin=?"
MOVED_RUNS = "SELECT DISTINCT origin, run FROM moved JOIN attempts ON id=became"
MOVED_OF_RUNS = "SELECT former, became, run FROM moved JOIN attempts ON id=became"
MOVED_WITHOUT_GAINS = (
    "SELECT former, became FROM moved JOIN attempts ON id=became"
    " WHERE origin=? AND gain IS NULL AND former>? ORDER BY former LIMIT ?"
)
MOVED_RECORDS = "SELECT run, upto, records FROM moved_records WHERE origin=?"
RUNS_WITH_RECORDS = (
    "SELECT run, COUNT(*) FROM records WHERE run IN"
    f" (SELECT id FROM runs WHERE NOT {IN_SANDBOX}) GROUP BY run"
)
RUN_SINCE = (
    "SELECT 1 FROM runs WHERE input=? AND started_at>? AND finished_at IS NOT NULL"
    f" AND NOT {IN_SANDBOX} LIMIT 1"
)
OWN_ATTEMPTS = f"SELECT id FROM attempts WHERE {REAL}"
OWN_RUNS = "SELECT id FROM runs"
SPENDING_TO_MOVE = (
    f"SELECT provider, account, run, day, credits, outcome, id FROM attempts WHERE {REAL}"
)
MOVED_OPEN = (
    "SELECT former, became, open FROM moved WHERE origin=? AND open IS NOT NULL ORDER BY former"
)
ALL_WRITTEN = "SELECT input, row, told, keys FROM written"
MOVED_WRITTEN = "SELECT 1 FROM moved_written WHERE origin=?"
MOVED_SPENDING = "SELECT provider, account, period, credits FROM moved_spending WHERE origin=?"
