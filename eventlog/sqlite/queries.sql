-- name: head
SELECT position, hash, recorded_at FROM entries ORDER BY position DESC LIMIT 1;

-- name: read
SELECT position, recorded_at, recorded_by, kind, version, subject, append_first, append_size,
       idempotency_key, payload, salt, hash
FROM entries WHERE position > :after ORDER BY position LIMIT :limit;

-- name: read_positions
SELECT position, recorded_at, recorded_by, kind, version, subject, append_first, append_size,
       idempotency_key, payload, salt, hash
FROM entries WHERE position IN (SELECT value FROM json_each(:positions));

-- name: subjects
SELECT id, revision, live, first_position FROM subjects
WHERE id IN (SELECT value FROM json_each(:ids));

-- name: on_record
SELECT id, revision, live FROM subjects WHERE id IN (SELECT value FROM json_each(:ids));

-- name: contents
SELECT subjects.id, entries.kind, entries.version, entries.payload
FROM subjects JOIN entries ON entries.position = subjects.revision
WHERE id IN (SELECT value FROM json_each(:ids));

-- What begins with "folder/" stands between that and "folder0": 0 is the character after /.
-- name: known_ids
SELECT id FROM subjects
WHERE id = :kind OR (id >= :kind || '/' AND id < :kind || '0') ORDER BY id;

-- name: subjects_below
SELECT subjects.id, revision, live, first_position
FROM json_each(:folders) AS folder
CROSS JOIN subjects ON subjects.id >= folder.value || '/' AND subjects.id < folder.value || '0'
ORDER BY subjects.id;

-- name: insert_entry
INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?);

-- name: insert_subject
INSERT INTO subjects (id, revision, live, first_position) VALUES (?, ?, 1, ?);

-- name: insert_edge
INSERT INTO refs (relation, source, target, position) VALUES (?, ?, ?, ?);

-- name: insert_kept
INSERT INTO appends (idempotency_key, salt, request_hash, first, last, unchanged)
VALUES (?, ?, ?, ?, ?, ?);

-- name: reachable
WITH RECURSIVE reached (id) AS (
    SELECT value FROM json_each(:starts)
    UNION
    SELECT refs.target FROM reached
    JOIN refs ON refs.relation = :relation AND refs.source = reached.id
)
SELECT refs.source, refs.target FROM reached
JOIN refs ON refs.relation = :relation AND refs.source = reached.id;

-- name: kept
SELECT idempotency_key, salt, request_hash, first, last, unchanged FROM appends
WHERE idempotency_key IN (SELECT value FROM json_each(:keys));

-- name: kept_after
SELECT idempotency_key, salt, request_hash, first, last, unchanged FROM appends
WHERE idempotency_key > :after ORDER BY idempotency_key LIMIT :limit;

-- name: kept_subjects
SELECT appends.idempotency_key, entries.subject
FROM appends JOIN entries ON entries.position BETWEEN appends.first AND appends.last
WHERE appends.idempotency_key IN (SELECT value FROM json_each(:keys))
ORDER BY entries.position;

-- name: data_version
PRAGMA data_version;
