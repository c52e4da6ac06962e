-- What must never be lost from sight: attempts without an outcome, and what was kept in files.

CREATE INDEX attempts_open ON attempts (run) WHERE outcome IN ('planned', 'sent');

-- Spools that are in the journal by now: their files may still be there after a crash.
CREATE TABLE spools (name TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
