-- Files whose rows are gone: written in the transaction that erases, deleted after it.

CREATE TABLE doomed_files (
    path text PRIMARY KEY CHECK (length(path) <= 200),
    doomed_at timestamptz NOT NULL
);
COMMENT ON TABLE doomed_files IS 'Private files that no row knows any more, until they are off the disk: a crash in between leaves nothing behind';
CREATE INDEX doomed_files_at ON doomed_files (doomed_at);
