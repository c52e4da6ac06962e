-- The journal of a team, in PostgreSQL 14 or newer: the same tables as in SQLite, in a schema of
-- their own. Times are ISO 8601 in UTC, money is millionths of the provider's credits.

CREATE SCHEMA enrichctl;
SET LOCAL search_path = enrichctl;

CREATE TABLE about (version INTEGER NOT NULL);
INSERT INTO about VALUES (1);

CREATE TABLE runs (
    rowid       BIGINT GENERATED ALWAYS AS IDENTITY UNIQUE,  -- in the order of their beginning
    id          TEXT PRIMARY KEY,
    started_at  TEXT COLLATE "C" NOT NULL,
    finished_at TEXT COLLATE "C",
    state       TEXT NOT NULL,
    stopped_by  TEXT,
    exit_status INTEGER,
    input       TEXT NOT NULL,              -- preceded by who runs it: user@host:path
    output      TEXT NOT NULL,              -- the same
    command     TEXT NOT NULL,
    pid         INTEGER NOT NULL,
    records     INTEGER NOT NULL DEFAULT 0,
    people      INTEGER NOT NULL DEFAULT 0,
    summary     TEXT NOT NULL DEFAULT '{}'
);

CREATE TABLE attempts (
    id         BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    provider   TEXT NOT NULL,
    account    TEXT NOT NULL,
    person     BYTEA NOT NULL,
    variant    TEXT NOT NULL,
    told       TEXT NOT NULL,
    wants      TEXT NOT NULL,
    run        TEXT NOT NULL REFERENCES runs (id),
    day        TEXT COLLATE "C" NOT NULL,
    outcome    TEXT NOT NULL,
    credits    BIGINT NOT NULL,
    at         TEXT COLLATE "C" NOT NULL,
    payload    TEXT,
    ticket     TEXT NOT NULL DEFAULT '',
    answer     TEXT,                        -- stays NULL: see packed
    reason     TEXT NOT NULL DEFAULT '',
    cause      TEXT NOT NULL DEFAULT '',
    request_id TEXT NOT NULL DEFAULT '',
    packed     TEXT,                        -- the provider's JSON as it came; the server packs it
    segment    BIGINT,
    gain       BIGINT
);
CREATE INDEX attempts_person ON attempts (provider, account, person);
CREATE INDEX attempts_run ON attempts (run);
CREATE INDEX attempts_open ON attempts (run) WHERE outcome IN ('planned', 'sent');
CREATE INDEX attempts_waiting ON attempts (run) WHERE outcome='submitted';
CREATE INDEX attempts_gains ON attempts
    (provider, account, outcome, segment, gain, day, credits) WHERE gain IS NOT NULL;

CREATE TABLE subjects (
    key     BYTEA NOT NULL,
    attempt BIGINT NOT NULL REFERENCES attempts (id) ON DELETE CASCADE,
    PRIMARY KEY (key, attempt)
);
CREATE INDEX subjects_attempt ON subjects (attempt);

CREATE TABLE spending (
    provider TEXT NOT NULL,
    account  TEXT NOT NULL,
    period   TEXT NOT NULL,
    credits  BIGINT NOT NULL,
    PRIMARY KEY (provider, account, period)
);

CREATE TABLE records (
    run    TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    row    BIGINT NOT NULL,
    line   BIGINT NOT NULL,
    status TEXT NOT NULL,
    note   TEXT NOT NULL,
    tried  TEXT NOT NULL,
    cells  TEXT NOT NULL,
    keys   BYTEA NOT NULL,
    PRIMARY KEY (run, row)
);

CREATE TABLE results (
    run        TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    row        BIGINT NOT NULL,
    seal       BYTEA NOT NULL,
    seen       BIGINT NOT NULL,
    good_until TEXT COLLATE "C" NOT NULL,
    packed     BYTEA NOT NULL,
    PRIMARY KEY (run, row)
);

CREATE TABLE changes (
    run      TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    row      BIGINT NOT NULL,
    field    TEXT NOT NULL,
    line     BIGINT NOT NULL,
    before   TEXT NOT NULL,
    after    TEXT NOT NULL,
    provider TEXT NOT NULL,
    former   TEXT NOT NULL,
    PRIMARY KEY (run, row, field)
);

CREATE TABLE balances (
    provider TEXT NOT NULL,
    account  TEXT NOT NULL,
    credits  BIGINT NOT NULL,
    at       TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (provider, account)
);

CREATE TABLE windows (
    provider TEXT NOT NULL,
    account  TEXT NOT NULL,
    calls    BIGINT NOT NULL,
    seconds  DOUBLE PRECISION NOT NULL,
    at       TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (provider, account, seconds)
);

CREATE TABLE keys (
    provider TEXT NOT NULL,
    key      TEXT NOT NULL,
    account  TEXT NOT NULL,
    PRIMARY KEY (provider, key)
);

CREATE TABLE spools (name TEXT PRIMARY KEY);

CREATE TABLE outputs (
    path   TEXT NOT NULL,                   -- user@host:path
    digest BYTEA NOT NULL,
    at     TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (path, digest)
);

CREATE TABLE segments (
    id        BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    country   TEXT NOT NULL,
    seniority TEXT NOT NULL,
    industry  TEXT NOT NULL,
    size      TEXT NOT NULL,
    UNIQUE (country, seniority, industry, size)
);

CREATE TABLE gains (
    id       BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    asked    TEXT NOT NULL,
    covers   TEXT NOT NULL,
    found    TEXT NOT NULL,
    filled   TEXT NOT NULL,
    verified INTEGER NOT NULL,
    UNIQUE (asked, covers, found, filled, verified)
);

-- What has arrived from journals of one machine: each of them has a number.
CREATE TABLE moved (
    origin BIGINT NOT NULL,
    former BIGINT NOT NULL,                 -- the number that an attempt had there
    became BIGINT NOT NULL,                 -- and the one that it has here
    open   BIGINT,                          -- what it was counted with, while it is not decided
    PRIMARY KEY (origin, former)
);

CREATE TABLE moved_spending (
    origin   BIGINT NOT NULL,
    provider TEXT NOT NULL,
    account  TEXT NOT NULL,
    period   TEXT NOT NULL,
    credits  BIGINT NOT NULL,               -- so much of it is seen to here
    PRIMARY KEY (origin, provider, account, period)
);

-- Rate limits, on the server's clock: how many calls have left, the last of them, and refusals.
CREATE TABLE limits (
    account  TEXT NOT NULL,                 -- fingerprint of the provider and the account
    rate     TEXT NOT NULL,                 -- calls, seconds and group of the window
    departed BIGINT NOT NULL,
    PRIMARY KEY (account, rate)
);

CREATE TABLE departures (
    account TEXT NOT NULL,
    rate    TEXT NOT NULL,
    slot    BIGINT NOT NULL,
    at      DOUBLE PRECISION NOT NULL,
    PRIMARY KEY (account, rate, slot)
);

CREATE TABLE pauses (
    account TEXT NOT NULL,
    part    TEXT NOT NULL,
    until   DOUBLE PRECISION NOT NULL,
    PRIMARY KEY (account, part)
);

-- What SQLite has and PostgreSQL has not, so that every question has one text.

CREATE FUNCTION inflate(said TEXT) RETURNS TEXT LANGUAGE sql IMMUTABLE AS
    'SELECT said';

CREATE FUNCTION instr(said TEXT, part TEXT) RETURNS INTEGER LANGUAGE sql IMMUTABLE AS
    'SELECT strpos(said, part)';

CREATE FUNCTION instr(said BYTEA, part BYTEA) RETURNS INTEGER LANGUAGE sql IMMUTABLE AS
    'SELECT position(part IN said)';

CREATE FUNCTION julianday(moment TEXT) RETURNS DOUBLE PRECISION LANGUAGE sql STABLE AS
    'SELECT extract(epoch FROM moment::timestamptz)::double precision / 86400 + 2440587.5';

CREATE FUNCTION json_extract(said TEXT, path TEXT) RETURNS TEXT LANGUAGE sql IMMUTABLE AS
    'SELECT CASE WHEN path LIKE ''$.%'' THEN said::json ->> substr(path, 3)
        ELSE said::json ->> substr(path, 3, length(path) - 3)::integer END';

CREATE FUNCTION json_array_length(said TEXT, path TEXT) RETURNS INTEGER LANGUAGE sql IMMUTABLE AS
    'SELECT json_array_length(said::json -> substr(path, 3))';

CREATE FUNCTION json_each(said TEXT) RETURNS TABLE (key TEXT, value TEXT) LANGUAGE sql IMMUTABLE AS
    'SELECT NULL, part FROM json_array_elements_text(
        CASE json_typeof(said::json) WHEN ''array'' THEN said::json ELSE ''[]'' END) AS part
    UNION ALL SELECT part.key, part.value FROM json_each_text(
        CASE json_typeof(said::json) WHEN ''object'' THEN said::json ELSE ''{}'' END) AS part';

CREATE FUNCTION joined(said TEXT, part TEXT, separator TEXT) RETURNS TEXT LANGUAGE sql IMMUTABLE AS
    'SELECT coalesce(said || separator || part, said, part)';

CREATE AGGREGATE group_concat(TEXT, TEXT) (SFUNC = joined, STYPE = TEXT);
