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

-- Halves the log again and again, since recorded_at never decreases: no index is needed.
-- name: recorded_until
WITH RECURSIVE halves (low, high) AS (
    SELECT 0, coalesce(max(position), 0) FROM entries
    UNION ALL
    SELECT CASE WHEN recorded_at <= :instant THEN position ELSE low END,
           CASE WHEN recorded_at <= :instant THEN high ELSE position - 1 END
    FROM halves CROSS JOIN entries ON position = (low + high + 1) / 2
    WHERE low < high
)
SELECT low FROM halves WHERE low = high;

-- name: subjects
SELECT id, revision, live, first_position, content_position FROM subjects
WHERE id IN (SELECT value FROM json_each(:ids));

-- name: on_record
SELECT id, revision, live, content_position FROM subjects
WHERE id IN (SELECT value FROM json_each(:ids));

-- name: contents
SELECT subjects.id, entries.kind, entries.version, entries.payload
FROM subjects
JOIN entries ON entries.position = coalesce(subjects.content_position, subjects.first_position)
WHERE id IN (SELECT value FROM json_each(:ids));

-- What begins with "folder/" stands between that and "folder0": 0 is the character after /.
-- name: known_ids
SELECT id FROM subjects
WHERE id = :kind OR (id >= :kind || '/' AND id < :kind || '0') ORDER BY id;

-- name: subjects_below
SELECT subjects.id, revision, live, first_position, content_position
FROM json_each(:folders) AS folder
CROSS JOIN subjects ON subjects.id >= folder.value || '/' AND subjects.id < folder.value || '0'
ORDER BY subjects.id;

-- name: insert_entry
INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?);

-- name: insert_subject
INSERT INTO subjects (id, revision, live, first_position) VALUES (?, ?, 1, ?);

-- name: change_subject
UPDATE subjects SET revision = ?, live = ?, content_position = ? WHERE id = ?;

-- name: insert_revision
INSERT INTO revisions (subject, position) VALUES (?, ?);

-- name: positions
SELECT id, first_position FROM subjects WHERE id IN (SELECT value FROM json_each(:ids))
UNION ALL
SELECT subject, position FROM revisions WHERE subject IN (SELECT value FROM json_each(:ids))
ORDER BY 1, 2;

-- name: dependants
SELECT DISTINCT target, subject FROM edges
WHERE target IN (SELECT value FROM json_each(:ids)) ORDER BY target, subject;

-- name: users
WITH RECURSIVE used (target, subject) AS (
    SELECT target, subject FROM edges WHERE target IN (SELECT value FROM json_each(:ids))
    UNION
    SELECT edges.target, edges.subject FROM used CROSS JOIN edges ON edges.target = used.subject
    WHERE :all
)
SELECT target, subject, revision, content_position
FROM used JOIN subjects ON subjects.id = used.subject;

-- name: last_used
SELECT edges.target, max(subjects.revision)
FROM edges JOIN subjects ON subjects.id = edges.subject
WHERE edges.target IN (SELECT value FROM json_each(:ids)) GROUP BY edges.target;

-- name: insert_edge
INSERT INTO refs (relation, source, target, position, acyclic) VALUES (?, ?, ?, ?, ?);

-- name: insert_kept
INSERT INTO appends (idempotency_key, salt, request_hash, first, last, unchanged)
VALUES (?, ?, ?, ?, ?, ?);

-- name: reachable
-- CROSS JOIN keeps the planner to one look into the index for each edge.
WITH RECURSIVE reached (id) AS (
    SELECT value FROM json_each(:starts)
    UNION
    SELECT edges.target FROM reached
    CROSS JOIN edges ON edges.relation = :relation AND edges.source = reached.id AND edges.acyclic
)
SELECT edges.source, edges.target, edges.subject FROM reached
CROSS JOIN edges ON edges.relation = :relation AND edges.source = reached.id AND edges.acyclic;

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
