-- The journal of enrichctl. Times are ISO 8601 in UTC, money is millionths of the provider's credits.

CREATE TABLE runs (
    id          TEXT PRIMARY KEY,
    started_at  TEXT NOT NULL,
    finished_at TEXT,
    state       TEXT NOT NULL,              -- running, stopped, done
    stopped_by  TEXT,                       -- budget, credits, login, unavailable, interrupted, ...
    exit_status INTEGER,
    input       TEXT NOT NULL,              -- full path, or - for stdin
    output      TEXT NOT NULL,
    command     TEXT NOT NULL,              -- the words typed, as a JSON array
    pid         INTEGER NOT NULL,
    records     INTEGER NOT NULL DEFAULT 0,
    people      INTEGER NOT NULL DEFAULT 0,
    summary     TEXT NOT NULL DEFAULT '{}'  -- counts per outcome, provider, field and cause
) STRICT;

-- One try at one provider for one person. The intent is committed before anything billed is sent.
CREATE TABLE attempts (
    id         INTEGER PRIMARY KEY,
    provider   TEXT NOT NULL,
    account    TEXT NOT NULL,               -- fingerprint of the account asked, never a key
    person     BLOB NOT NULL,               -- fingerprint of the person, as this provider knows people
    variant    TEXT NOT NULL,               -- what else makes it another question, such as overwrite
    told       TEXT NOT NULL,               -- names of the fields told, separated by tabs
    wants      TEXT NOT NULL,               -- names of the fields that its answer covers
    run        TEXT NOT NULL REFERENCES runs (id),
    day        TEXT NOT NULL,               -- the UTC day whose budget it counts against
    outcome    TEXT NOT NULL,
    credits    INTEGER NOT NULL,            -- worst case while open, what it cost once settled
    at         TEXT NOT NULL,
    payload    TEXT,                        -- the exact request while open: method, path, body, key
    ticket     TEXT NOT NULL DEFAULT '',
    answer     TEXT,                        -- the provider's JSON as it came
    reason     TEXT NOT NULL DEFAULT '',
    cause      TEXT NOT NULL DEFAULT '',
    request_id TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX attempts_person ON attempts (provider, account, person);
CREATE INDEX attempts_run ON attempts (run);

-- By which a person is found again, to be forgotten: fingerprints of what was told.
CREATE TABLE subjects (
    key     BLOB NOT NULL,
    attempt INTEGER NOT NULL REFERENCES attempts (id) ON DELETE CASCADE,
    PRIMARY KEY (key, attempt)
) STRICT, WITHOUT ROWID;

-- Spent and reserved, so that a budget holds across runs and processes.
CREATE TABLE spending (
    provider TEXT NOT NULL,
    account  TEXT NOT NULL,
    period   TEXT NOT NULL,                 -- run:ID, day:YYYY-MM-DD, month:YYYY-MM
    credits  INTEGER NOT NULL,
    PRIMARY KEY (provider, account, period)
) STRICT, WITHOUT ROWID;

-- What became of each record, for `status RUN --row N`; kept for the last run on an input.
CREATE TABLE records (
    run    TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    row    INTEGER NOT NULL,
    line   INTEGER NOT NULL,
    status TEXT NOT NULL,
    note   TEXT NOT NULL,
    tried  TEXT NOT NULL,                   -- what each provider did, as a JSON array
    cells  BLOB NOT NULL,                   -- values before and after, as deflated JSON
    keys   BLOB NOT NULL,                   -- fingerprints of what the row says of the person
    PRIMARY KEY (run, row)
) STRICT, WITHOUT ROWID;

CREATE TABLE balances (
    provider TEXT NOT NULL,
    account  TEXT NOT NULL,
    credits  INTEGER NOT NULL,
    at       TEXT NOT NULL,
    PRIMARY KEY (provider, account)
) STRICT, WITHOUT ROWID;

-- Rate limits that a provider's refusals taught.
CREATE TABLE windows (
    provider TEXT NOT NULL,
    account  TEXT NOT NULL,
    calls    INTEGER NOT NULL,
    seconds  REAL NOT NULL,
    at       TEXT NOT NULL,
    PRIMARY KEY (provider, account, seconds)
) STRICT, WITHOUT ROWID;
