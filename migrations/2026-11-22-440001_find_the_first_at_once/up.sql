-- What the mode is judged by at every knock is read from an index, however many wait.

-- The oldest of the queue, as the response clock counts it.
CREATE INDEX applications_oldest ON applications
    (greatest(coalesce(confirmed_at, submitted_at), appealed_at, put_off_until, response_from))
    WHERE state = 1 AND lane IN (0, 1);

-- Whether more than one lives here is seen in two rows, not in all who wait.
CREATE INDEX users_members ON users (id) WHERE approved_at IS NOT NULL AND disabled_at IS NULL;
