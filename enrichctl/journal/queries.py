"""Every question that is put to the journal, by name.

What a run writes stands where it is decided, in `money`, `entries` and so on. A journal in another
database answers these questions, and no others. All take their values by position.
"""

# What was tried for records, as ``t`` (of their kinds) with its attempt; and attempts alone.
_EXPLAINED = "records JOIN kinds ON kinds.id=kind"
_TRIED = f"{_EXPLAINED}, json_each(kinds.tried) AS t"
_OF_T = "json_extract(records.attempts, '$[' || t.key || ']')"
_USED = "records, json_each(records.attempts) AS one"
_NUMBER = "CAST(one.value AS BIGINT)"

_ATTEMPT = "id, provider, account, person, told, wants, outcome, credits, at, run"
_REST = "reason, cause, ticket, request_id"
_OF_PERSON = "FROM attempts WHERE provider=? AND account=? AND person=? AND variant=?"
ATTEMPT = f"SELECT {_ATTEMPT}, answer, packed, {_REST} FROM attempts WHERE id=?"
ATTEMPTS_OF_PERSON = f"SELECT {_ATTEMPT}, answer, packed, {_REST} {_OF_PERSON} ORDER BY id"
UNREAD_ATTEMPTS_OF_PERSON = f"SELECT {_ATTEMPT}, NULL, NULL, {_REST} {_OF_PERSON} ORDER BY id"
IS_ANSWERED = f"SELECT 1 {_OF_PERSON} AND outcome IN ('matched', 'missed') LIMIT 1"
PAYLOAD = "SELECT payload FROM attempts WHERE id=?"
ALL_ATTEMPTS = "SELECT id FROM attempts ORDER BY id"
LATEST_OF_LAST = "SELECT MAX(at) FROM (SELECT at FROM attempts ORDER BY id DESC LIMIT ?) AS latest"
LATEST_OF_RUN = "SELECT MAX(at) FROM attempts WHERE run=?"
RUN_OF_ATTEMPT = "SELECT run FROM attempts WHERE id=?"
RUN_OF_OPEN_ATTEMPT = "SELECT run FROM attempts WHERE id=? AND outcome IN ('sent', 'submitted')"
OUTCOMES_OF_RUN = (  # how many came by some moment, and the credits of all
    "SELECT provider, outcome, SUM(CASE WHEN at>?2 THEN 0 ELSE 1 END), SUM(credits) FROM attempts"
    " WHERE run=?1 GROUP BY provider, outcome ORDER BY MIN(id)"
)
# Answers of a run that another one collected, once it had ended.
LATE_IN_RUN = (
    "SELECT provider, COUNT(*) FROM attempts"
    " WHERE run=? AND at>? AND outcome IN ('matched', 'missed') GROUP BY 1"
)
# What records of a run say of providers that have no attempts: those on this machine.
LOOKED_UP_IN_RUN = (
    "SELECT provider, matched, COUNT(*) FROM (SELECT json_extract(t.value, '$.provider') AS"
    " provider, MAX(CASE json_extract(t.value, '$.outcome') WHEN 'matched' THEN 1 ELSE 0 END)"
    " AS matched"
    f" FROM {_TRIED} WHERE run=? AND {_OF_T} IS NULL"
    " AND json_extract(t.value, '$.outcome') IN ('matched', 'missed')"
    " GROUP BY records.row, 1) AS looked_up GROUP BY 1, 2"
)
REUSED_IN_RUN = (  # answers of other runs
    "SELECT attempts.provider, COUNT(DISTINCT attempts.id)"
    f" FROM {_USED} JOIN attempts ON attempts.id={_NUMBER}"
    " WHERE records.run=? AND attempts.run<>? GROUP BY 1"
)
# Share of matches: matched, answered.
MATCHES_OF_ACCOUNT = (
    "SELECT COUNT(*) FILTER (WHERE outcome='matched'), COUNT(*) FROM attempts"
    " WHERE provider=? AND outcome IN ('matched', 'missed') AND account=?"
)
# Accounts in the sandbox hold what is made up, and count nowhere.
REAL = "account NOT LIKE 'sandbox %'"
# Answers of all providers: those that records have used in their index alone, the few others by
# one pass over the table, in its order. The index by provider would jump to and fro in it.
_ANSWERED = f"outcome IN ('matched', 'missed') AND {REAL}"
MATCHES = (
    "SELECT provider, SUM(CASE outcome WHEN 'matched' THEN answers ELSE 0 END), SUM(answers) FROM"
    " (SELECT provider, outcome, COUNT(*) AS answers FROM attempts"
    f" WHERE gain IS NOT NULL AND {_ANSWERED} GROUP BY provider, account, outcome"
    " UNION ALL SELECT provider || '', outcome, COUNT(*) FROM attempts"
    f" WHERE gain IS NULL AND {_ANSWERED} GROUP BY provider || '', outcome) AS counted"
    " GROUP BY provider"
)
USED_PROVIDERS = f"SELECT DISTINCT provider FROM attempts WHERE {REAL}"

# What attempts brought: counted in their index alone. The value says whether those of the sandbox.
_OF_KIND = "(account LIKE 'sandbox %')=?"
SEGMENTS = "SELECT id, country, seniority, industry, size FROM segments"
GAINS = "SELECT id, asked, covers, found, filled, verified FROM gains"
TALLIES = (
    "SELECT provider, outcome, segment, gain, COUNT(*), SUM(credits) FROM attempts"
    f" WHERE gain IS NOT NULL AND {_OF_KIND} GROUP BY provider, account, outcome, segment, gain"
)
UNEXPLAINED = (  # in the table's own order, as above
    f"SELECT provider || '', COUNT(*) FROM attempts WHERE gain IS NULL AND {_OF_KIND}"
    " AND outcome IN ('matched', 'missed', 'failed', 'unconfirmed') GROUP BY 1 ORDER BY 1"
)
GAIN_OF_EACH = (
    "SELECT id, provider, outcome, segment, gain, credits, run=?, told FROM attempts"
    f" WHERE gain IS NOT NULL AND {_OF_KIND}"
)
ANSWERS_BY_DAY = (
    "SELECT provider, day, SUM(CASE WHEN outcome='matched' THEN 1 ELSE 0 END), COUNT(*)"
    f" FROM attempts WHERE gain IS NOT NULL AND {_OF_KIND} AND outcome IN ('matched', 'missed')"
    " GROUP BY provider, day ORDER BY provider, day"
)
SPENT_BY_DAY = (
    "SELECT provider, SUBSTR(period, 5), SUM(credits) FROM spending"
    f" WHERE period LIKE 'day:%' AND {_OF_KIND} GROUP BY 1, 2 ORDER BY 1, 2"
)
SPENT_EVER = (
    f"SELECT provider, SUM(credits) FROM spending WHERE period LIKE 'month:%' AND {_OF_KIND}"
    " GROUP BY provider"
)

# What was paid for: answers, and what they cost.
_PAID = f"SELECT COUNT(*), COALESCE(SUM(credits), 0) FROM attempts WHERE credits>0 AND {REAL}"
OLD = "at<? AND outcome NOT IN ('sent', 'submitted', 'unconfirmed')"
PAID_BEFORE = f"{_PAID} AND {OLD}"
AMONG = "id IN (SELECT CAST(value AS BIGINT) FROM json_each(?))"
PAID_AMONG = f"{_PAID} AND {AMONG}"

# Accounts.
ACCOUNT_OF_KEY = "SELECT account FROM keys WHERE provider=? AND key=?"
ACCOUNTS_OF_PROVIDER = (
    "SELECT account, MAX(id) FROM attempts WHERE provider=? GROUP BY account ORDER BY 2 DESC"
)
IS_KNOWN_ACCOUNT = "SELECT 1 FROM attempts WHERE provider=? AND account=? LIMIT 1"
WINDOWS = "SELECT calls, seconds FROM windows WHERE provider=? AND account=?"

# Money, in millionths of a credit. An account "" is any.
_ANY = "(?3='' OR account=?3)"
SPENT = (
    "SELECT COALESCE(SUM(credits), 0) FROM spending"
    f" WHERE provider=?1 AND period=?2 AND {_ANY}"
)  # fmt: skip
REALLY_SPENT = f"{SPENT} AND {REAL}"
BALANCE = (
    "SELECT credits, at FROM balances WHERE provider=?1 AND (?2='' OR account=?2)"
    " ORDER BY at DESC LIMIT 1"
)
LAST_BALANCE = f"SELECT account FROM balances WHERE provider=? AND {REAL} ORDER BY at DESC LIMIT 1"

# What is spent or set aside in the name of runs; open attempts in the words of their indexes.
_TICKETS = "FROM attempts WHERE outcome='submitted'"
_UNANSWERED = "FROM attempts WHERE outcome IN ('planned', 'sent')"
SPENT_IN_RUN = "SELECT provider, SUM(credits) FROM spending WHERE period='run:'||? GROUP BY 1"
OPEN_IN_RUN = (
    f"SELECT provider, outcome, SUM(credits) {_TICKETS} AND run=?1 GROUP BY 1, 2 UNION ALL"
    f" SELECT provider, outcome, SUM(credits) {_UNANSWERED} AND run=?1 GROUP BY 1, 2"
)
REALLY_OPEN = (  # by run first, as the indexes are: another order reads the whole table
    f"SELECT run, provider, day, outcome, SUM(credits) {_TICKETS} AND {REAL}"
    " GROUP BY 1, 2, 3, 4 UNION ALL"
    f" SELECT run, provider, day, outcome, SUM(credits) {_UNANSWERED} AND {REAL}"
    " GROUP BY 1, 2, 3, 4"
)
_WAITING = f"SELECT COUNT(*), COALESCE(SUM(credits), 0) {_TICKETS}"
WAITING_IN_RUN = f"{_WAITING} AND run=?"
IN_SANDBOX = """command LIKE '%"--sandbox"%'"""  # a quote within a word has a backslash before it
_OF_JOB = f"FROM runs WHERE input=?1 AND ({IN_SANDBOX})=?2"
COUNT_OF_JOB = f"SELECT COUNT(*), MIN(started_at) {_OF_JOB}"
SPENT_IN_JOB = (
    f"SELECT COALESCE(SUM(credits), 0) FROM spending WHERE period IN (SELECT 'run:'||id {_OF_JOB})"
)
WAITING_IN_JOB = f"{_WAITING} AND run IN (SELECT id {_OF_JOB})"

# Runs.
RUN_COLUMNS = (
    "id, started_at, finished_at, state, stopped_by, exit_status, input, output, command, pid,"
    " records, people, summary"
)
_NEWEST = "ORDER BY started_at DESC, rowid DESC LIMIT"
RUNS = f"SELECT {RUN_COLUMNS} FROM runs {_NEWEST} ?"
RUN = (
    f"SELECT {RUN_COLUMNS} FROM runs WHERE substr(id, 1, length(?1)) = ?1"
    " ORDER BY started_at DESC LIMIT 2"
)
RUNS_OF_JOB = f"SELECT {RUN_COLUMNS} {_OF_JOB} {_NEWEST} ?3"
RUN_IDS = "SELECT id FROM runs ORDER BY started_at DESC LIMIT ?"
LAST_REAL_RUN = f"SELECT id FROM runs WHERE NOT {IN_SANDBOX} {_NEWEST} 1"
START_OF_RUN = "SELECT started_at FROM runs WHERE id=?"
RUNNING = "SELECT id FROM runs WHERE state='running'"
# In the words of the index, which is used only for them.
WITH_SOMETHING_OPEN = (
    f"{RUNNING} UNION SELECT DISTINCT run FROM attempts WHERE outcome IN ('planned', 'sent')"
)
_OTHER_RUN = f"SELECT id FROM runs WHERE input=? AND id<>? AND ({IN_SANDBOX})=?"
LATER_RUN = f"{_OTHER_RUN} AND started_at>=? {_NEWEST} 1"
EARLIER_RUN = f"{_OTHER_RUN} AND started_at<=? AND finished_at IS NOT NULL {_NEWEST} 1"
WRITERS = (  # the last one of each input
    f"SELECT {RUN_COLUMNS} FROM runs WHERE id IN"
    " (SELECT MAX(id) FROM runs WHERE output=? GROUP BY input)"
)
HAS_WRITTEN = "SELECT 1 FROM runs WHERE input=? AND output=? LIMIT 1"
INPUTS_OF = "SELECT DISTINCT input FROM runs WHERE output=?"
PLACES_FROM = "SELECT path FROM outputs WHERE substr(path, 1, length(?1))=?1"
CONTENTS = "SELECT digest, at FROM outputs WHERE path=? ORDER BY at"
HAS_WRITTEN_INTO = "SELECT 1 FROM written WHERE input=? LIMIT 1"
OUTPUTS = "SELECT id, output FROM runs WHERE output<>'-' ORDER BY id"

# Results that can be written again.
LAST_ENDED = (
    "SELECT id, records, people FROM runs"
    f" WHERE input=? AND ({IN_SANDBOX})=? AND finished_at IS NOT NULL {_NEWEST} 1"
)
RESULTS = "SELECT seal, seen, good_until, packed FROM results WHERE run=? AND row=?"
OLDEST_SEEN = "SELECT MIN(seen) FROM results WHERE run=?"
NEWEST_ATTEMPT = "SELECT COALESCE(MAX(id), 0) FROM attempts"
OVERTAKEN = (
    "SELECT older.id, newer.id FROM attempts AS newer JOIN attempts AS older"
    " USING (provider, account, person, variant) WHERE newer.id>? AND older.id<newer.id"
)

# Records.
_COLUMNS = "row, line, status, note, tried, attempts, cells, keys"
_RECORD = f"SELECT {_COLUMNS} FROM {_EXPLAINED} WHERE run=?"
RECORD = f"{_RECORD} AND row=?"
SOME_RECORDS = f"{_RECORD} AND row BETWEEN ? AND ?"
UNCOUNTED_RECORDS = (  # of attempts that an earlier version has made
    f"SELECT run, {_COLUMNS} FROM {_EXPLAINED} WHERE (run, row) > (?, ?)"
    " AND EXISTS (SELECT 1 FROM json_each(records.attempts) AS one"
    f" JOIN attempts ON attempts.id={_NUMBER} WHERE gain IS NULL) ORDER BY run, row LIMIT ?"
)
RECORDS = f"{_RECORD} AND status=? ORDER BY row"
RECORDS_AFTER = f"{_RECORD} AND row>? ORDER BY row LIMIT ?"
RECORDS_UNDONE = (  # for which a provider did not do what was asked for
    f"{_RECORD} AND EXISTS (SELECT 1 FROM json_each(kinds.tried) AS t"
    " WHERE json_extract(t.value, '$.undone')=?) ORDER BY row"
)
STATUSES = "SELECT status, COUNT(*) FROM records WHERE run=? GROUP BY status"
TRIED = (
    f"SELECT row, tried, attempts, status, cells, keys FROM {_EXPLAINED}"
    " WHERE run=? AND row>? AND status<>'skipped' ORDER BY row LIMIT ?"
)
_BOTH = ", ".join(
    f"{run}_kind.tried" if name == "tried" else f"{run}.{name}"
    for run in ("old", "new")
    for name in _COLUMNS.split(", ")
)
TWO_RUNS = (  # records of a run with those of an earlier one on its input that are there still
    f"SELECT new.row, old.run, {_BOTH} FROM records AS new JOIN records AS old ON old.row=new.row"
    " JOIN kinds AS old_kind ON old_kind.id=old.kind JOIN kinds AS new_kind ON new_kind.id=new.kind"
    " WHERE new.run=? AND old.run IN (SELECT id FROM runs WHERE input=? AND id<>?) AND new.row>?"
    " ORDER BY new.row LIMIT ?"
)
CHANGES = (
    "SELECT row, line, field, before, after, provider, former FROM changes WHERE run=?"
    " ORDER BY row, field"
)
IN_REVIEW = (  # by what was tried for them
    "SELECT tried, often FROM (SELECT kind, COUNT(*) AS often FROM records WHERE status='review'"
    f" AND run=(SELECT id FROM runs WHERE input=? AND ({IN_SANDBOX})=? {_NEWEST} 1)"
    " GROUP BY kind) AS found"
    " JOIN kinds ON id=kind"
)
PATHS = (  # a record's path through the waterfall is one of few
    "SELECT path, SUM(often) FROM (SELECT often, "
    """'[' || COALESCE((SELECT group_concat('["' || json_extract(t.value, '$.provider') || '","'"""
    """ || COALESCE(json_extract(t.value, '$.outcome'), '') || '",'"""
    """ || COALESCE(json_extract(t.value, '$.accepted'), '[]') || ']', ',')"""
    " FROM json_each(tried) AS t), '') || ']' AS path FROM (SELECT kind, COUNT(*) AS often"
    " FROM records WHERE run=? GROUP BY kind) AS found JOIN kinds ON id=kind) AS paths"
    " GROUP BY path"
)
FILLS = (
    "SELECT cell.key, json_extract(cell.value, '$[2]') AS provider,"
    " json_extract(cell.value, '$[0]') IS NOT NULL AS filled, COUNT(*)"
    " FROM records, json_each(inflate(cells)) AS cell WHERE run=? GROUP BY 1, 2, 3"
)
SPENDING = (  # since a moment, in steps of so many milliseconds
    "SELECT provider,"
    " CAST(ROUND((julianday(at) - julianday(?)) * 86400000) / ? AS INTEGER) AS step,"
    " SUM(credits) FROM attempts WHERE run=? AND credits>0"
    " AND outcome NOT IN ('planned', 'sent', 'submitted') GROUP BY 1, 2 ORDER BY 1, 2"
)
SAMPLE = (  # spread evenly over the input
    "SELECT MIN(row) FROM (SELECT row, NTILE(CAST(? AS INTEGER)) OVER (ORDER BY row) AS part"
    " FROM records WHERE run=? AND status='enriched') AS parts GROUP BY part ORDER BY 1"
)
SUPPRESSED = (
    "SELECT row, keys FROM records WHERE run=? AND row>? AND status='skipped'"
    " AND note LIKE 'suppressed%' ORDER BY row LIMIT ?"
)
HELD = (
    "SELECT (SELECT COUNT(*) FROM attempts), (SELECT COUNT(*) FROM records),"
    " (SELECT COUNT(*) FROM runs)"
)

# What names a person.
ATTEMPTS_TOLD = "SELECT id, told FROM attempts JOIN subjects ON attempt=id WHERE key=?"
ATTEMPTS_SAYING = (
    "SELECT id, said FROM (SELECT id, COALESCE(answer, inflate(packed), '')"
    " || COALESCE(payload, '') AS said FROM attempts) AS all_of_them"
    " WHERE instr(lower(said), lower(?)) > 0"
)
RECORDS_WITH_KEY = "SELECT run, row, keys FROM records WHERE instr(keys, ?) > 0"
RECORDS_SAYING = (
    "SELECT run, row, said FROM (SELECT run, row, inflate(cells) AS said FROM records)"
    " AS all_of_them WHERE instr(lower(said), lower(?)) > 0"
)
COMMANDS_SAYING = "SELECT id, command FROM runs WHERE instr(lower(command), lower(?)) > 0"
ATTEMPTS_OF_RECORD = (
    f"SELECT attempts.id, told FROM {_USED} JOIN attempts ON attempts.id={_NUMBER}"
    " WHERE records.run=? AND row=?"
)
RECORDS_OF_ATTEMPTS = f"SELECT run, row, {_NUMBER} FROM {_USED}"


def runs_about(keys: int) -> str:
    """Return the question which runs know a record of any of so many people."""
    has_one = " OR ".join(["instr(keys, ?) > 0"] * keys)
    return f"SELECT {RUN_COLUMNS} FROM runs WHERE id IN (SELECT run FROM records WHERE {has_one})"


def written_in(rows: int) -> str:
    """Return the question what was written into so many rows of a table."""
    return f"SELECT row, told, keys FROM written WHERE input=? AND row IN ({_marks(rows)})"


def asked_about(people: int) -> str:
    """Return the question what was asked about any of so many people, without the answers."""
    return (
        f"SELECT {_ATTEMPT}, NULL, NULL, {_REST}, variant FROM attempts"
        f" WHERE provider=? AND account=? AND person IN ({_marks(people)}) ORDER BY id"
    )


def asked_by(addresses: int) -> str:
    """Return the question what was asked last that any of so many fingerprints is known of."""
    return (
        f"SELECT DISTINCT {_ATTEMPT}, NULL, NULL, {_REST} FROM subjects CROSS JOIN attempts"
        f" WHERE id=attempt AND key IN ({_marks(addresses)}) ORDER BY id DESC LIMIT ?"
    )


def subjects_among(attempts: int, keys: int) -> str:
    """Return the question which of so many fingerprints so many attempts are found by."""
    return f"{subjects_of(attempts)} AND key IN ({_marks(keys)})"


def _marks(count: int) -> str:
    return ",".join("?" * count)


def subjects_of(attempts: int) -> str:
    """Return the question by which fingerprints so many attempts are found."""
    return f"SELECT key, attempt FROM subjects WHERE attempt IN ({_marks(attempts)})"


def gains_of(attempts: int) -> str:
    """Return the question what so many attempts brought, and about whom."""
    return (
        "SELECT attempts.id, country, seniority, industry, size, asked, covers, found, filled,"
        " verified FROM attempts JOIN segments ON segments.id=segment JOIN gains ON gains.id=gain"
        f" WHERE attempts.id IN ({_marks(attempts)})"
    )


def old_runs(alive: int) -> str:
    """Return the question which runs began before a moment, but for so many that are alive."""
    return f"""SELECT id FROM runs WHERE started_at<? AND id NOT IN ({_marks(alive) or "''"})"""


def any_is_old(runs: str, gone: str) -> str:
    """Return the question whether there is anything that pruning erases.

    Args:
        runs: See `old_runs`.
        gone: From which on it says what runs go.
    """
    kinds = (f"FROM attempts WHERE {OLD}", f"FROM records WHERE run IN ({runs})", gone)
    return "SELECT " + " OR ".join(f"EXISTS (SELECT 1 {kind})" for kind in kinds)


def still_reserved(count: int) -> str:
    """Return the question how many of so many attempts are reserved, and not sent."""
    return f"SELECT COUNT(*) FROM attempts WHERE outcome='planned' AND id IN ({_marks(count)})"


def attempts_about_any(count: int) -> str:
    """Return the question which attempts were told any of so many fingerprints."""
    return f"SELECT key, attempt FROM subjects WHERE key IN ({_marks(count)})"


def attempts_told_any(count: int) -> str:
    """Return the question which attempts of a run tell any of so many fingerprints."""
    return (
        "SELECT DISTINCT attempt FROM subjects JOIN attempts ON attempts.id = attempt"
        f" WHERE run=? AND key IN ({_marks(count)})"
    )
