-- What stands still while the place is sealed, and whom it was told.

CREATE TABLE seals (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    since timestamptz NOT NULL,
    until timestamptz,
    CHECK (until >= since)
);
COMMENT ON TABLE seals IS 'Times in which nobody looked after the door: what would have run out in them has run on by as much';
COMMENT ON COLUMN seals.until IS 'Null while it lasts';
CREATE UNIQUE INDEX seals_open ON seals ((until IS NULL)) WHERE until IS NULL;

ALTER TABLE applications ADD COLUMN waits_from timestamptz;
COMMENT ON COLUMN applications.waits_from IS 'From when its time is counted, where a seal stopped it for a while: as if it had come into its state then';

CREATE TABLE away_letters (
    episode_id bigint NOT NULL REFERENCES episodes ON DELETE CASCADE,
    stage smallint NOT NULL CHECK (stage IN (3, 4)),
    user_id bigint NOT NULL REFERENCES users ON DELETE CASCADE,
    PRIMARY KEY (episode_id, stage, user_id)
);
COMMENT ON TABLE away_letters IS 'Who was told that nobody is home, once each: those who wait at stage 3, members at stage 4';
CREATE INDEX away_letters_user ON away_letters (user_id);
