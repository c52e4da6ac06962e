-- What was written of records that stand one after the other in an input: the next run on the same
-- input writes it again where nothing has changed. Nothing is lost with it.
CREATE TABLE results (
    run        TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    row        INTEGER NOT NULL,            -- of the first record
    seal       BLOB NOT NULL,               -- digest of all that decides about them but answers
    seen       INTEGER NOT NULL,            -- the newest attempt of which they can know
    good_until TEXT NOT NULL,               -- when the first of their answers is too old
    packed     BLOB NOT NULL,               -- see engine.earlier_results
    PRIMARY KEY (run, row)
) STRICT, WITHOUT ROWID;
