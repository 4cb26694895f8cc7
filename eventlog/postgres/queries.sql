-- name: lock_appending
-- Two numbers, so that no other program's locks are met: pg_class, and which table of it.
SELECT pg_advisory_xact_lock('pg_class'::regclass::oid::integer, 'entries'::regclass::oid::integer),
       current_setting('synchronous_commit'), current_setting('fsync');

-- name: lock_migrating
SELECT pg_advisory_xact_lock(
    'pg_namespace'::regclass::oid::integer, quote_ident(current_schema())::regnamespace::oid::integer
);

-- name: tables
-- Not by to_regclass, which may remember from before the lock that a table was not there.
SELECT relname FROM pg_class
WHERE relname IN (
    'log_migrations', 'log_meta', 'entries', 'subjects', 'refs', 'appends', 'revisions', 'edges'
)
  AND pg_table_is_visible(oid) ORDER BY relname;

-- name: migrations
SELECT number, name, checksum FROM log_migrations ORDER BY number;

-- name: insert_migration
INSERT INTO log_migrations (number, name, checksum) VALUES (%(number)s, %(name)s, %(checksum)s);

-- name: meta
SELECT name, value FROM log_meta;

-- name: insert_meta
INSERT INTO log_meta (name, value) VALUES ('format', %(format)s), ('log_id', %(log_id)s);

-- name: head
SELECT position, hash, recorded_at FROM entries ORDER BY position DESC LIMIT 1;

-- name: read
SELECT position, recorded_at, recorded_by, kind, version, subject, append_first, append_size,
       idempotency_key, payload, salt, hash
FROM entries WHERE position > %(after)s::bigint ORDER BY position LIMIT %(limit)s::bigint;

-- name: read_positions
SELECT position, recorded_at, recorded_by, kind, version, subject, append_first, append_size,
       idempotency_key, payload, salt, hash
FROM entries WHERE position = ANY (%(positions)s::bigint[]);

-- Halves the log again and again, since recorded_at never decreases: no index is needed.
-- OFFSET 0 keeps the planner to one look at a position for each half.
-- name: recorded_until
WITH RECURSIVE halves (low, high) AS (
    SELECT 0::bigint, coalesce(max(position), 0) FROM entries
    UNION ALL
    SELECT CASE WHEN recorded_at <= %(instant)s::text THEN position ELSE low END,
           CASE WHEN recorded_at <= %(instant)s::text THEN high ELSE position - 1 END
    FROM halves CROSS JOIN LATERAL (
        SELECT position, recorded_at FROM entries WHERE position = (low + high + 1) / 2 OFFSET 0
    ) AS middle
    WHERE low < high
)
SELECT low FROM halves WHERE low = high;

-- name: subjects
SELECT id, revision, live, first_position, content_position FROM subjects
WHERE id = ANY (%(ids)s::text[]);

-- What begins with "folder/" stands between that and "folder0": 0 is the character after /.
-- name: subjects_below
SELECT id, revision, live, first_position, content_position
FROM unnest(%(folders)s::text[]) AS folder
JOIN subjects ON id >= folder || '/' AND id < folder || '0'
ORDER BY id;

-- name: known_ids
SELECT id FROM unnest(%(kinds)s::text[]) AS wanted
JOIN subjects ON id >= wanted || '/' AND id < wanted || '0'
UNION
SELECT id FROM subjects WHERE id = ANY (%(kinds)s::text[]) ORDER BY id;

-- name: state
-- Where the log ends, and what of some ids is on record, with what the last entry that said
-- what it is says of those whose content counts: a row for each, and one if there is none.
SELECT head.*, found.* FROM (SELECT 1) AS always
LEFT JOIN (
    SELECT position, hash, recorded_at FROM entries ORDER BY position DESC LIMIT 1
) AS head ON true
LEFT JOIN (
    SELECT id, revision, live, content_position, kind, version, payload
    FROM subjects LEFT JOIN entries
        ON position = coalesce(content_position, first_position) AND id = ANY (%(contents)b::text[])
    WHERE id = ANY (%(ids)b::text[])
) AS found ON true;

-- name: kept
SELECT appends.idempotency_key, appends.salt, request_hash, first, last, unchanged,
       ARRAY(SELECT subject FROM entries WHERE position BETWEEN first AND last ORDER BY position)
FROM appends WHERE appends.idempotency_key = ANY (%(keys)b::text[]);

-- name: kept_after
SELECT idempotency_key, salt, request_hash, first, last, unchanged FROM appends
WHERE idempotency_key > %(after)s::text ORDER BY idempotency_key LIMIT %(limit)s::bigint;

-- name: reachable
-- OFFSET 0 keeps the planner to one look into the index for each edge.
WITH RECURSIVE edge (source, target, subject) AS (
    SELECT source, target, subject FROM edges
    WHERE relation = %(relation)b::text AND source = ANY (%(starts)b::text[]) AND acyclic
    UNION
    SELECT following.source, following.target, following.subject
    FROM edge CROSS JOIN LATERAL (
        SELECT source, target, subject FROM edges
        WHERE relation = %(relation)b::text AND source = edge.target AND acyclic OFFSET 0
    ) AS following
)
SELECT source, target, subject FROM edge;

-- name: dependants
SELECT DISTINCT target, subject FROM edges WHERE target = ANY (%(ids)s::text[])
ORDER BY target, subject;

-- name: users
WITH RECURSIVE used (target, subject) AS (
    SELECT target, subject FROM edges WHERE target = ANY (%(ids)b::text[])
    UNION
    SELECT following.target, following.subject
    FROM used CROSS JOIN LATERAL (
        SELECT target, subject FROM edges WHERE target = used.subject OFFSET 0
    ) AS following
    WHERE %(all)b::boolean
)
SELECT target, subject, revision, content_position
FROM used JOIN subjects ON subjects.id = used.subject;

-- name: last_used
SELECT edges.target, max(subjects.revision)
FROM edges JOIN subjects ON subjects.id = edges.subject
WHERE edges.target = ANY (%(ids)b::text[]) GROUP BY edges.target;

-- name: positions
SELECT id, first_position FROM subjects WHERE id = ANY (%(ids)s::text[])
UNION ALL
SELECT subject, position FROM revisions WHERE subject = ANY (%(ids)s::text[])
ORDER BY 1, 2;

-- name: change_subjects
UPDATE subjects SET revision = new.revision, live = new.live, content_position = new.content
FROM (SELECT unnest(%b::bigint[]) AS revision, unnest(%b::boolean[]) AS live,
             unnest(%b::bigint[]) AS content, unnest(%b::text[]) AS id) AS new
WHERE subjects.id = new.id;

-- name: insert_revisions
INSERT INTO revisions (subject, position) SELECT unnest(%b::text[]), unnest(%b::bigint[]);

-- name: insert_entries
-- Entries, the things that they put on record, and the word for those who wait: in one statement.
-- Lists are taken apart in the list of columns: in FROM they would be stored in between.
WITH new_entries AS (
    INSERT INTO entries (
        position, recorded_at, recorded_by, kind, version, subject, append_first, append_size,
        idempotency_key, payload, salt, hash
    ) SELECT
        unnest(%b::bigint[]), unnest(%b::text[]), unnest(%b::text[]), unnest(%b::text[]),
        unnest(%b::integer[]), unnest(%b::text[]), unnest(%b::bigint[]), unnest(%b::integer[]),
        unnest(%b::text[]), unnest(%b::bytea[]), unnest(%b::bytea[]), unnest(%b::bytea[])
), new_subjects AS (
    INSERT INTO subjects (id, revision, live, first_position)
    SELECT id, position, true, position
    FROM (SELECT unnest(%b::text[]) AS id, unnest(%b::bigint[]) AS position) AS new
) SELECT pg_notify(%b, '');

-- name: insert_edges
INSERT INTO refs (relation, source, target, position, acyclic)
SELECT unnest(%b::text[]), unnest(%b::text[]), unnest(%b::text[]), unnest(%b::bigint[]),
       unnest(%b::boolean[]);

-- name: insert_kept
INSERT INTO appends (idempotency_key, salt, request_hash, first, last, unchanged)
SELECT unnest(%b::text[]), unnest(%b::bytea[]), unnest(%b::bytea[]), unnest(%b::bigint[]),
       unnest(%b::bigint[]), unnest(%b::text[]);

-- name: hash_at
SELECT hash FROM entries WHERE position = %(position)s::bigint;

-- name: salt_of
SELECT salt FROM appends WHERE idempotency_key = %(key)s::text;
