-- The log in PostgreSQL. entries is the truth; subjects, refs and appends stand beside it for the
-- checks of an append. Texts compare by their bytes, as they do everywhere else in onrecord.
-- No foreign keys: an append writes all its rows in one transaction, entries are never deleted,
-- and a check for each row would cost more than the row.

CREATE TABLE log_migrations (
    number integer PRIMARY KEY,
    name text NOT NULL,
    checksum text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE log_meta (
    name text PRIMARY KEY,
    value text NOT NULL
);

CREATE TABLE entries (
    position bigint PRIMARY KEY,
    recorded_at text COLLATE "C" NOT NULL,
    recorded_by text COLLATE "C" NOT NULL,
    kind text COLLATE "C" NOT NULL,
    version integer NOT NULL,
    subject text COLLATE "C" NOT NULL,
    append_first bigint NOT NULL,
    append_size integer NOT NULL,
    idempotency_key text COLLATE "C",
    payload bytea NOT NULL,
    salt bytea NOT NULL,
    hash bytea NOT NULL
);

-- What is on record; what a thing says is read from its last entry.
CREATE TABLE subjects (
    id text COLLATE "C" PRIMARY KEY,
    revision bigint NOT NULL,
    live boolean NOT NULL,
    first_position bigint NOT NULL
);

-- The edges that entries write between things.
CREATE TABLE refs (
    relation text COLLATE "C" NOT NULL,
    source text COLLATE "C" NOT NULL,
    target text COLLATE "C" NOT NULL,
    position bigint NOT NULL,
    PRIMARY KEY (relation, source, target, position)
);

-- The outcomes of appends that had an idempotency key; the request is kept as a salted hash.
CREATE TABLE appends (
    idempotency_key text COLLATE "C" PRIMARY KEY,
    salt bytea NOT NULL,
    request_hash bytea NOT NULL,
    first bigint NOT NULL,
    last bigint NOT NULL,
    unchanged text NOT NULL
);

CREATE FUNCTION log_is_not_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'entries of the log are never %',
        CASE TG_OP WHEN 'UPDATE' THEN 'updated' ELSE 'deleted' END
        USING ERRCODE = 'integrity_constraint_violation';
END
$$;

-- Entries added together follow each other and what was there: looked at once for all of them.
CREATE FUNCTION log_has_no_gap() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE
    lowest bigint;
    highest bigint;
    number bigint;
    before bigint;
BEGIN
    SELECT min(position), max(position), count(*) INTO lowest, highest, number FROM added;
    IF number = 0 THEN
        RETURN NULL;
    END IF;
    SELECT max(position) INTO before FROM entries WHERE position < lowest;
    IF lowest <> coalesce(before, 0) + 1 OR highest - lowest + 1 <> number THEN
        RAISE EXCEPTION 'positions of the log follow each other without a gap'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER entries_are_not_changed BEFORE UPDATE OR DELETE OR TRUNCATE ON entries
FOR EACH STATEMENT EXECUTE FUNCTION log_is_not_changed();

CREATE TRIGGER entries_have_no_gap AFTER INSERT ON entries REFERENCING NEW TABLE AS added
FOR EACH STATEMENT EXECUTE FUNCTION log_has_no_gap();

-- In a session that replays changes of another server, too.
ALTER TABLE entries ENABLE ALWAYS TRIGGER entries_are_not_changed;
