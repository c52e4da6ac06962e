-- Version 3: what was tried for records, each kind once.

CREATE TABLE kinds (
    id    BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    tried TEXT NOT NULL,
    EXCLUDE USING hash (tried WITH =)       -- unique; a B-tree holds no text of any length
);

-- Whoever may write records may write here, too.
DO $$ DECLARE one RECORD; BEGIN
    FOR one IN SELECT DISTINCT grantee FROM pg_class,
            aclexplode(coalesce(relacl, acldefault('r', relowner)))
        WHERE oid = 'records'::regclass AND privilege_type = 'INSERT' AND grantee <> relowner
    LOOP
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON kinds TO %s',
            CASE WHEN one.grantee = 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(one.grantee)) END);
    END LOOP;
END $$;

ALTER TABLE records ADD COLUMN kind BIGINT NOT NULL DEFAULT 0;
ALTER TABLE records ADD COLUMN attempts TEXT NOT NULL DEFAULT '[]';

CREATE FUNCTION pg_temp.kind_of(tried TEXT) RETURNS TEXT LANGUAGE sql IMMUTABLE AS
    'SELECT coalesce(jsonb_agg(t.value - ''attempt'' ORDER BY t.place), ''[]'')::text
        FROM jsonb_array_elements(tried::jsonb) WITH ORDINALITY AS t (value, place)';
INSERT INTO kinds (tried) SELECT DISTINCT pg_temp.kind_of(records.tried) FROM records;
UPDATE records SET
    kind = (SELECT id FROM kinds WHERE kinds.tried = pg_temp.kind_of(records.tried)),
    attempts = (SELECT coalesce(jsonb_agg(t.value -> 'attempt' ORDER BY t.place), '[]')::text
        FROM jsonb_array_elements(records.tried::jsonb) WITH ORDINALITY AS t (value, place));
DROP FUNCTION pg_temp.kind_of;
ALTER TABLE records DROP COLUMN tried;
CREATE INDEX records_kind ON records (kind);

-- The elements of a list have their places for keys, as in SQLite.
CREATE OR REPLACE FUNCTION json_each(said TEXT) RETURNS TABLE (key TEXT, value TEXT)
    LANGUAGE sql IMMUTABLE AS
    'SELECT (part.place - 1)::text, part.value FROM json_array_elements_text(
        CASE json_typeof(said::json) WHEN ''array'' THEN said::json ELSE ''[]'' END)
        WITH ORDINALITY AS part (value, place)
    UNION ALL SELECT part.key, part.value FROM json_each_text(
        CASE json_typeof(said::json) WHEN ''object'' THEN said::json ELSE ''{}'' END) AS part';
