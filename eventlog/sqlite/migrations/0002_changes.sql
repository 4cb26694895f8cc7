-- Things can change: be amended, retracted, reinstated. What most things never have costs nothing
-- where it is missing.

-- The last entry that said what a thing is, where that is not the first one.
ALTER TABLE subjects ADD COLUMN content_position INTEGER;

-- The entries about a thing beyond the first one.
CREATE TABLE revisions (
    subject TEXT NOT NULL,
    position INTEGER NOT NULL,
    PRIMARY KEY (subject, position)
) STRICT, WITHOUT ROWID;

-- What depends on a thing is looked for at each retraction; ways are walked only along relations
-- that must not lead back. So edges stand by their targets, in one tree, and few of them in another.
-- Which relations these are was not written before: what is there counts as one of them.
CREATE TABLE edges_written (
    target TEXT NOT NULL,
    position INTEGER NOT NULL,
    relation TEXT NOT NULL,
    source TEXT NOT NULL,
    acyclic INTEGER NOT NULL,
    PRIMARY KEY (target, position, relation, source)
) STRICT, WITHOUT ROWID;
INSERT INTO edges_written (target, position, relation, source, acyclic)
SELECT target, position, relation, source, 1 FROM refs ORDER BY target, position, relation, source;
DROP TABLE refs;
ALTER TABLE edges_written RENAME TO refs;
CREATE INDEX ways ON refs (source, relation) WHERE acyclic;

-- The edges in force: of live things, and written by the last entry that said what the thing is.
CREATE VIEW edges AS
SELECT refs.relation, refs.source, refs.target, refs.acyclic, entries.subject
FROM refs
JOIN entries ON entries.position = refs.position
JOIN subjects ON subjects.id = entries.subject
WHERE subjects.live
  AND coalesce(subjects.content_position, subjects.first_position) = refs.position;
