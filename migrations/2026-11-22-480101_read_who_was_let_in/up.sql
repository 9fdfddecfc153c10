-- Who came in through an open door is read afterwards: those whom nobody read yet are a part of
-- the desk. The queue is sifted by the languages that people applied in.

CREATE INDEX applications_unread ON applications (id)
    WHERE state = 3 AND mode = 0 AND decided_by IS NULL AND snapshot_hash IS NULL AND read_at IS NULL;
CREATE INDEX applications_language ON applications (split_part(lower(locale), '-', 1));
