-- Things can change: be amended, retracted, reinstated. What most things never have costs nothing
-- where it is missing.

-- The last entry that said what a thing is, where that is not the first one.
ALTER TABLE subjects ADD COLUMN content_position bigint;

-- The entries about a thing beyond the first one.
CREATE TABLE revisions (
    subject text COLLATE "C" NOT NULL,
    position bigint NOT NULL,
    PRIMARY KEY (subject, position)
);

CREATE INDEX refs_by_target ON refs (target);

-- The edges in force: of live things, and written by the last entry that said what the thing is.
CREATE VIEW edges AS
SELECT refs.relation, refs.source, refs.target, entries.subject
FROM refs
JOIN entries ON entries.position = refs.position
JOIN subjects ON subjects.id = entries.subject
WHERE subjects.live
  AND coalesce(subjects.content_position, subjects.first_position) = refs.position;
