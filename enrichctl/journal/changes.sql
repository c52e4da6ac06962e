-- What the newest run on an input has changed since the run before it, by row and field.
CREATE TABLE changes (
    run      TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    row      INTEGER NOT NULL,
    field    TEXT NOT NULL,
    line     INTEGER NOT NULL,
    before   TEXT NOT NULL,                 -- "" is blank
    after    TEXT NOT NULL,
    provider TEXT NOT NULL,                 -- who gives it now; "" is the input
    former   TEXT NOT NULL,                 -- the run before
    PRIMARY KEY (run, row, field)
) STRICT, WITHOUT ROWID;
