-- What attempts brought to the records that used them first, and whom they were about: of each
-- kind once. Counted without a look at any answer.

-- What was known of a person before anybody beyond the machine was asked; "" is not known.
CREATE TABLE segments (
    id       INTEGER PRIMARY KEY,
    country  TEXT NOT NULL,                 -- ISO 3166 alpha-2
    seniority TEXT NOT NULL,
    industry TEXT NOT NULL,
    size     TEXT NOT NULL,                 -- of the company, as a band: 51-200
    UNIQUE (country, seniority, industry, size)
) STRICT;

CREATE TABLE gains (
    id       INTEGER PRIMARY KEY,
    asked    TEXT NOT NULL,                 -- names of the fields asked for, separated by tabs
    covers   TEXT NOT NULL,                 -- those on which the answer is final
    found    TEXT NOT NULL,                 -- those of them that it has and that may be taken
    filled   TEXT NOT NULL,                 -- those asked for that a record took from it
    verified INTEGER NOT NULL,              -- 1: it calls the e-mail deliverable
    UNIQUE (asked, covers, found, filled, verified)
) STRICT;

ALTER TABLE attempts ADD COLUMN segment INTEGER;
ALTER TABLE attempts ADD COLUMN gain INTEGER;  -- NULL until a record has used it
CREATE INDEX attempts_gains ON attempts
    (provider, account, outcome, segment, gain, day, credits) WHERE gain IS NOT NULL;
