-- The contents that runs have given to output files: any other content was put there by somebody.
CREATE TABLE outputs (
    path   TEXT NOT NULL,                   -- full path
    digest BLOB NOT NULL,                   -- of the bytes
    at     TEXT NOT NULL,
    PRIMARY KEY (path, digest)
) STRICT, WITHOUT ROWID;
