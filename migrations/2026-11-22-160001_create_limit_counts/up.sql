-- What the doors count while Redis is away (registration.md C3), shared by all processes.

CREATE UNLOGGED TABLE limit_counts (
    key uuid PRIMARY KEY,
    count integer NOT NULL CHECK (count >= 0),
    until timestamptz NOT NULL
) WITH (fillfactor = 70);
COMMENT ON TABLE limit_counts IS 'Counters of limits while Redis is away: key = first 16 bytes of SHA-256 of the counter''s name, so that no network stands here; over at until. Lost in a crash, as those in Redis are';
CREATE INDEX limit_counts_until ON limit_counts (until);
