-- What was tried for records, each kind once: most records of a run have one of a few.

CREATE TABLE kinds (
    id    INTEGER PRIMARY KEY,
    tried TEXT NOT NULL UNIQUE              -- what each provider did, as a JSON array
) STRICT;

ALTER TABLE records ADD COLUMN kind INTEGER NOT NULL DEFAULT 0;
ALTER TABLE records ADD COLUMN attempts TEXT NOT NULL DEFAULT '[]';  -- of each of them, or null

INSERT INTO kinds (tried) SELECT DISTINCT
    (SELECT json_group_array(json_remove(t.value, '$.attempt')) FROM json_each(records.tried) AS t)
    FROM records;
UPDATE records SET
    kind=(SELECT id FROM kinds WHERE kinds.tried=
        (SELECT json_group_array(json_remove(t.value, '$.attempt'))
            FROM json_each(records.tried) AS t)),
    attempts=(SELECT json_group_array(json_extract(t.value, '$.attempt'))
        FROM json_each(records.tried) AS t);
ALTER TABLE records DROP COLUMN tried;
CREATE INDEX records_kind ON records (kind);  -- to tell of a kind whether it is used
