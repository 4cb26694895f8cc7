-- The log in SQLite. entries is the truth; subjects, refs and appends stand beside it for the
-- checks of an append, without foreign keys: an append writes all its rows in one transaction, and
-- entries are never deleted. subjects and refs could be built again from the entries by a function
-- that reads the edges off a payload, which is not this store's business.

CREATE TABLE meta (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE entries (
    position INTEGER PRIMARY KEY,
    recorded_at TEXT NOT NULL,
    recorded_by TEXT NOT NULL,
    kind TEXT NOT NULL,
    version INTEGER NOT NULL,
    subject TEXT NOT NULL,
    append_first INTEGER NOT NULL,
    append_size INTEGER NOT NULL,
    idempotency_key TEXT,
    payload BLOB NOT NULL,
    salt BLOB NOT NULL,
    hash BLOB NOT NULL
) STRICT;

-- What is on record, in the order of ids, which begin with a kind. Ids come in any order and touch
-- pages in any order: so rows are small, and what a thing says is read from its last entry.
CREATE TABLE subjects (
    id TEXT PRIMARY KEY,
    revision INTEGER NOT NULL,
    live INTEGER NOT NULL,
    first_position INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The edges that entries write between things.
CREATE TABLE refs (
    relation TEXT NOT NULL,
    source TEXT NOT NULL,
    target TEXT NOT NULL,
    position INTEGER NOT NULL,
    PRIMARY KEY (relation, source, target, position)
) STRICT, WITHOUT ROWID;

-- The outcomes of appends that had an idempotency key; the request is kept as a salted hash.
CREATE TABLE appends (
    idempotency_key TEXT PRIMARY KEY,
    salt BLOB NOT NULL,
    request_hash BLOB NOT NULL,
    first INTEGER NOT NULL,
    last INTEGER NOT NULL,
    unchanged TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TRIGGER entries_are_not_updated BEFORE UPDATE ON entries
BEGIN
    SELECT RAISE(ABORT, 'entries of the log are never updated');
END;

CREATE TRIGGER entries_are_not_deleted BEFORE DELETE ON entries
BEGIN
    SELECT RAISE(ABORT, 'entries of the log are never deleted');
END;

CREATE TRIGGER entries_have_no_gap BEFORE INSERT ON entries
WHEN NEW.position <> (SELECT coalesce(max(position), 0) + 1 FROM entries)
BEGIN
    SELECT RAISE(ABORT, 'positions of the log follow each other without a gap');
END;
