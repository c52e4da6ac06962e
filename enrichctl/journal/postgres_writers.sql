-- Version 2: a writer leaves the number of its last commit, and its outcome, so that a
-- commit whose acknowledgement was lost can be looked up; and the writes of a look-up in one go.

CREATE TABLE writers (
    name TEXT PRIMARY KEY,                  -- as long as its process lives
    link BIGINT NOT NULL,                   -- its connections so far
    made BIGINT NOT NULL,                   -- commits
    said TEXT NOT NULL DEFAULT '[]',        -- the outcome of the last one by write_all, as JSON
    at   TIMESTAMPTZ NOT NULL
) WITH (fillfactor = 50);

-- Of a run that has arrived from a journal of one machine: how far, and with how many records.
CREATE TABLE moved_records (
    origin  BIGINT NOT NULL,
    run     TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    upto    BIGINT NOT NULL,
    records BIGINT NOT NULL,
    PRIMARY KEY (origin, run)
);

-- Those who may write attempts may write here, too.
DO $$ DECLARE one RECORD; BEGIN
    FOR one IN SELECT DISTINCT grantee FROM pg_class,
            aclexplode(coalesce(relacl, acldefault('r', relowner)))
        WHERE oid = 'attempts'::regclass AND privilege_type = 'INSERT' AND grantee <> relowner
    LOOP
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON writers, moved_records TO %s',
            CASE WHEN one.grantee = 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(one.grantee)) END);
    END LOOP;
END $$;

-- Begin to write, in a transaction that has the turn. Its commit does not wait for the disk: a
-- second one does, when others have the turn.
CREATE FUNCTION turn(writer TEXT, link BIGINT, process INTEGER, known INTEGER, OUT number BIGINT,
    OUT clock DOUBLE PRECISION) LANGUAGE plpgsql AS $$
DECLARE newest BIGINT;
BEGIN
    IF process <> pg_backend_pid() THEN
        RAISE 'a pooler is in between' USING ERRCODE = 'EC001';
    END IF;
    IF known <> (SELECT version FROM about) THEN
        RAISE 'the tables are of another version' USING ERRCODE = 'EC002';
    END IF;
    PERFORM set_config('synchronous_commit', 'off', true);
    INSERT INTO writers AS w VALUES (writer, link, 1, '[]', now()) ON CONFLICT (name) DO UPDATE
        SET link = greatest(w.link, excluded.link), made = w.made + 1, at = now()
        RETURNING w.made, w.link INTO number, newest;
    IF newest > link THEN
        RAISE 'this was given up, and written by another connection' USING ERRCODE = 'EC003';
    END IF;
    clock := extract(epoch FROM clock_timestamp());
END $$;

-- Return how many commits of a writer were made, and the outcome of the last one. What is still
-- on the way to the server by an older connection comes too late from then on.
CREATE FUNCTION heard(writer TEXT, link BIGINT, process INTEGER, known INTEGER, OUT made BIGINT,
    OUT said TEXT) LANGUAGE sql AS $$
    INSERT INTO writers AS w VALUES (writer, link, 0, '[]', now())
    ON CONFLICT (name) DO UPDATE SET link = greatest(w.link, excluded.link)
    RETURNING w.made, w.said
$$;

CREATE FUNCTION spend(who TEXT, whose TEXT, ran TEXT, day TEXT, change BIGINT) RETURNS VOID
LANGUAGE plpgsql AS $$
BEGIN
    IF change <> 0 THEN
        INSERT INTO spending
        VALUES (who, whose, 'run:' || ran, change), (who, whose, 'day:' || day, change),
            (who, whose, 'month:' || left(day, 7), change)
        ON CONFLICT (provider, account, period)
            DO UPDATE SET credits = spending.credits + excluded.credits;
    END IF;
END $$;

-- Plans of these functions are kept as long as a connection: what is found by a key while the tables
-- are small has to be found by it when they are large. So rows are gone through one by one.

-- Write how attempts ended and then intents, as `Settlement` and `Intending` do one by one. Returns
-- the outcome of each intent: its number; the run that asks the same; or the place among its limits
-- of the budget without room, and what is spent of that.
CREATE FUNCTION write_all(writer TEXT, ends JSON, intents JSON) RETURNS TEXT LANGUAGE plpgsql AS $$
DECLARE
    one RECORD;
    former RECORD;
    other TEXT;
    number BIGINT;
    place BIGINT;
    spent BIGINT;
    came JSON[] := '{}';
BEGIN
    FOR one IN SELECT * FROM json_to_recordset(ends) AS said (number BIGINT, credits BIGINT,
        outcome TEXT, ended TEXT, packed TEXT, reason TEXT, cause TEXT, request_id TEXT,
        ticket TEXT, open BOOLEAN, balance BIGINT, at TEXT, since TEXT)
    LOOP
        SELECT provider, account, run, day, credits INTO former FROM attempts
        WHERE id = one.number;
        CONTINUE WHEN NOT FOUND;
        IF one.credits <> former.credits THEN
            PERFORM spend(former.provider, former.account, former.run, former.day,
                one.credits - former.credits);
        END IF;
        UPDATE attempts SET credits = coalesce(one.credits, credits), outcome = one.outcome,
            at = coalesce(one.ended, at), answer = NULL, packed = one.packed,
            reason = one.reason, cause = one.cause, request_id = one.request_id,
            ticket = coalesce(nullif(one.ticket, ''), ticket),
            payload = CASE WHEN one.open THEN payload END
        WHERE id = one.number;
        IF one.balance IS NOT NULL THEN
            INSERT INTO balances VALUES (former.provider, former.account, one.balance, one.at)
            ON CONFLICT (provider, account) DO UPDATE SET at = excluded.at, credits =
                CASE WHEN balances.at > one.since AND balances.credits < excluded.credits
                THEN balances.credits ELSE excluded.credits END;
        END IF;
    END LOOP;
    FOR one IN SELECT * FROM json_to_recordset(intents) AS said (provider TEXT, account TEXT,
        person TEXT, variant TEXT, told TEXT, wants TEXT, run TEXT, day TEXT, outcome TEXT,
        credits BIGINT, at TEXT, payload TEXT, subjects TEXT[], seen BIGINT, limits BIGINT[])
    LOOP
        SELECT run INTO other FROM attempts
        WHERE provider = one.provider AND account = one.account
            AND person = decode(one.person, 'hex') AND variant = one.variant AND run <> one.run
            AND (id > one.seen OR outcome IN ('planned', 'sent')) LIMIT 1;
        IF FOUND THEN
            came := came || json_build_object('run', other);
            CONTINUE;
        END IF;
        place := NULL;
        IF one.limits IS NOT NULL THEN
            SELECT budget.place, coalesce(spending.credits, 0) INTO place, spent
            FROM unnest(one.limits, ARRAY['run:' || one.run, 'day:' || one.day,
                    'month:' || left(one.day, 7)]) WITH ORDINALITY AS budget (most, period, place)
                LEFT JOIN spending ON spending.provider = one.provider
                    AND spending.account = one.account AND spending.period = budget.period
            WHERE coalesce(spending.credits, 0) + one.credits > most
            ORDER BY budget.place LIMIT 1;
        END IF;
        IF place IS NOT NULL THEN
            came := came || json_build_object('place', place - 1, 'spent', spent);
            CONTINUE;
        END IF;
        PERFORM spend(one.provider, one.account, one.run, one.day, one.credits);
        INSERT INTO attempts (provider, account, person, variant, told, wants, run, day, outcome,
            credits, at, payload)
        VALUES (one.provider, one.account, decode(one.person, 'hex'), one.variant, one.told,
            one.wants, one.run, one.day, one.outcome, one.credits, one.at, one.payload)
        RETURNING id INTO number;
        INSERT INTO subjects SELECT decode(key, 'hex'), number FROM unnest(one.subjects) AS key
        ON CONFLICT DO NOTHING;
        came := came || to_json(number);
    END LOOP;
    UPDATE writers SET said = array_to_json(came)::text WHERE name = writer;
    RETURN array_to_json(came)::text;
END $$;
