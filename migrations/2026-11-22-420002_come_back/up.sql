-- Coming back: whoever has a role for less than a week does not lift the switch alone.

CREATE TABLE lift_wishes (
    episode_id bigint NOT NULL REFERENCES episodes ON DELETE CASCADE,
    stage smallint NOT NULL CHECK (stage IN (0, 2)),
    user_id bigint NOT NULL REFERENCES users ON DELETE CASCADE,
    at timestamptz NOT NULL,
    PRIMARY KEY (episode_id, stage, user_id)
);
COMMENT ON TABLE lift_wishes IS 'Who would lift the switch, and may not do it alone: their role is younger than 7 days (registration.md C1)';
COMMENT ON COLUMN lift_wishes.stage IS 'Down to which stage: 2 guarded, 0 calm';
CREATE INDEX lift_wishes_user ON lift_wishes (user_id);
