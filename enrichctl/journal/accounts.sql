-- Keys whose account the vendor has told: a renewed key is the account that it renews.

CREATE TABLE keys (
    provider TEXT NOT NULL,
    key      TEXT NOT NULL,                 -- fingerprint of the key, never the key
    account  TEXT NOT NULL,
    PRIMARY KEY (provider, key)
) STRICT, WITHOUT ROWID;
