-- Version 4: where the values are from that runs have written into the tables of databases.

CREATE TABLE written (
    input TEXT NOT NULL,                    -- user@host:address
    row   BYTEA NOT NULL,
    told  TEXT NOT NULL,
    keys  BYTEA NOT NULL,
    PRIMARY KEY (input, row)
);

-- The journals of one machine from which all of that has arrived.
CREATE TABLE moved_written (origin BIGINT PRIMARY KEY);

-- Whoever may write records may write here, too.
DO $$ DECLARE one RECORD; BEGIN
    FOR one IN SELECT DISTINCT grantee FROM pg_class,
            aclexplode(coalesce(relacl, acldefault('r', relowner)))
        WHERE oid = 'records'::regclass AND privilege_type = 'INSERT' AND grantee <> relowner
    LOOP
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON written, moved_written TO %s',
            CASE WHEN one.grantee = 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(one.grantee)) END);
    END LOOP;
END $$;
