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

-- What depends on a thing is looked for at each retraction; ways are walked only along relations
-- that must not lead back. So edges stand by their targets, and few of them in another index.
-- Which relations these are was not written before: what is there counts as one of them.
ALTER TABLE refs ADD COLUMN acyclic boolean NOT NULL DEFAULT true;
ALTER TABLE refs ALTER COLUMN acyclic DROP DEFAULT;
ALTER TABLE refs DROP CONSTRAINT refs_pkey;
ALTER TABLE refs ADD PRIMARY KEY (target, position, relation, source);
CREATE INDEX ways ON refs (source, relation) WHERE acyclic;

-- The edges in force: of live things, and written by the last entry that said what the thing is.
CREATE VIEW edges AS
SELECT refs.relation, refs.source, refs.target, refs.acyclic, entries.subject
FROM refs
JOIN entries ON entries.position = refs.position
JOIN subjects ON subjects.id = entries.subject
WHERE subjects.live
  AND coalesce(subjects.content_position, subjects.first_position) = refs.position;
