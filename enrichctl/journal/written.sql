-- Where the values are from that runs have written into the tables of databases, by row. The values
-- themselves are not here: of each there is a fingerprint, by which it is known again.
CREATE TABLE written (
    input TEXT NOT NULL,                    -- the table, as runs name it
    row   BLOB NOT NULL,                    -- fingerprint of the row's key
    told  TEXT NOT NULL,                    -- JSON: field -> source and fingerprint, confidence, note
    keys  BLOB NOT NULL,                    -- fingerprints of what the row says of the person
    PRIMARY KEY (input, row)
) STRICT, WITHOUT ROWID;
