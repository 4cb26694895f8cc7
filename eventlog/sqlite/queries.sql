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
SELECT id, kind, revision, live, first_position FROM subjects
WHERE id IN (SELECT value FROM json_each(:ids));

-- name: contents
SELECT subjects.id, entries.kind, entries.version, entries.salt, subjects.content_hash
FROM subjects JOIN entries ON entries.position = subjects.first_position
WHERE id IN (SELECT value FROM json_each(:ids));

-- name: revisions
SELECT id, revision FROM subjects WHERE id IN (SELECT value FROM json_each(:ids));

-- name: live
SELECT id FROM subjects WHERE live = 1 AND id IN (SELECT value FROM json_each(:ids));

-- name: known_ids
SELECT id FROM subjects WHERE kind = :kind ORDER BY id;

-- What begins with "folder/" stands between that and "folder0": 0 is the character after /.
-- name: subjects_below
SELECT subjects.id, kind, revision, live, first_position
FROM json_each(:folders) AS folder
CROSS JOIN subjects ON subjects.id >= folder.value || '/' AND subjects.id < folder.value || '0'
ORDER BY subjects.id;

-- name: insert_entry
INSERT INTO entries VALUES (
    :position, :recorded_at, :recorded_by, :kind, :version, :subject, :append_first, :append_size,
    :idempotency_key, :payload, :salt, :hash
);

-- name: insert_subject
INSERT INTO subjects VALUES (:id, :kind, :position, 1, :position, :content_hash);

-- name: insert_reference
INSERT INTO refs VALUES (:relation, :source, :target, :position) ON CONFLICT DO NOTHING;

-- name: reachable
WITH RECURSIVE reached (id) AS (
    SELECT value FROM json_each(:starts)
    UNION
    SELECT refs.target FROM reached
    JOIN refs ON refs.relation = :relation AND refs.source = reached.id
)
SELECT refs.source, refs.target FROM reached
JOIN refs ON refs.relation = :relation AND refs.source = reached.id;

-- name: outcome
SELECT salt, request_hash, first, last, unchanged FROM appends WHERE idempotency_key = :key;

-- name: positions
SELECT subject, position FROM entries WHERE position BETWEEN :first AND :last ORDER BY position;

-- name: insert_outcome
INSERT INTO appends VALUES (:key, :salt, :request_hash, :first, :last, :unchanged);
