-- A block that is lifted for good: the other servers, which were told nothing while it lasted,
-- hear then that the follows are over.

ALTER TABLE severances
    ADD COLUMN parting_at timestamptz,
    ADD COLUMN parted_at timestamptz;
COMMENT ON COLUMN severances.parting_at IS 'The act is over and its follows stay ended: other servers are told so, until parted_at';
CREATE INDEX severances_parting ON severances (id) WHERE parting_at IS NOT NULL AND parted_at IS NULL;

ALTER TABLE severed_follows
    ADD COLUMN follow_id bigint,
    ADD COLUMN parted_at timestamptz;
COMMENT ON COLUMN severed_follows.follow_id IS 'The id that it had in follows, which its address is made of; NULL for those of members'' own blocks, whose end is told at once';
COMMENT ON COLUMN severed_follows.parted_at IS 'The other server was told that it is over';
