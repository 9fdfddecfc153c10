-- Acts by an app's token keep the queue answered, but alone they do not show that somebody is
-- home (registration.md E18): they get a number of their own.
ALTER TABLE signs_of_life DROP CONSTRAINT signs_of_life_kind_check;
ALTER TABLE signs_of_life ADD CHECK (kind BETWEEN 0 AND 3);
COMMENT ON TABLE signs_of_life IS 'Deliberate human acts of staff: 0 act, 1 check-in, 2 visit, 3 act by an app (registration.md C1). Kept 400 days';
-- The latest of each kind is one probe.
DROP INDEX signs_of_life_user;
CREATE INDEX signs_of_life_user_kind ON signs_of_life (user_id, kind, at);

ALTER TABLE episodes
    DROP COLUMN latched,
    ADD COLUMN stage_since timestamptz,
    ADD COLUMN warned smallint NOT NULL DEFAULT 0 CHECK (warned BETWEEN 0 AND 2),
    ADD COLUMN uptime_millis bigint NOT NULL DEFAULT 0 CHECK (uptime_millis >= 0),
    ADD COLUMN guarded_at timestamptz,
    ADD COLUMN sealed_at timestamptz,
    ADD COLUMN distress_at timestamptz,
    ADD COLUMN ended_by bigint,
    ADD CHECK (kind BETWEEN 0 AND 2),
    ADD CHECK (stage BETWEEN 1 AND 4);
UPDATE episodes SET stage_since = since;
ALTER TABLE episodes ALTER COLUMN stage_since SET NOT NULL;
COMMENT ON TABLE episodes IS 'What the dead-man switch wrote down, from the first warning to the return; ceilings are computed, never stored (D27)';
COMMENT ON COLUMN episodes.kind IS 'What began it: 0 nobody was seen, 1 the queue was not answered, 2 nobody could keep the light on';
COMMENT ON COLUMN episodes.stage IS '1 warned, 2 guarded, 3 sealed, 4 distress; kept as it was when the episode ended';
COMMENT ON COLUMN episodes.version IS 'Compare-and-set: one more with every transition';
COMMENT ON COLUMN episodes.uptime_millis IS 'How long the server was up in this stage';
COMMENT ON COLUMN episodes.guarded_at IS 'When stage 2 became true, if it did; sealed_at and distress_at likewise';
COMMENT ON COLUMN episodes.ended_by IS 'users.id of who lifted it; null when it ended by itself. No foreign key: people go, history stays';
CREATE UNIQUE INDEX episodes_open ON episodes ((true)) WHERE ended_at IS NULL;

CREATE TABLE switch_state (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    high_water timestamptz NOT NULL,
    ticked_at timestamptz NOT NULL,
    behind_millis bigint NOT NULL DEFAULT 0 CHECK (behind_millis >= 0),
    jump_wait_millis bigint NOT NULL DEFAULT 0 CHECK (jump_wait_millis >= 0)
);
COMMENT ON TABLE switch_state IS 'One row: the clock as the switch keeps it, written at every tick (registration.md C1, Clock)';
COMMENT ON COLUMN switch_state.high_water IS 'The latest time ever seen: a clock set back extends no deadline';
COMMENT ON COLUMN switch_state.behind_millis IS 'Uptime since the clock is behind the high-water mark; after a day the new time is accepted';
COMMENT ON COLUMN switch_state.jump_wait_millis IS 'Uptime still to pass after the clock jumped, before stages 3 and 4 may begin';

ALTER TABLE applications ADD COLUMN response_from timestamptz;
COMMENT ON COLUMN applications.response_from IS 'From when on staff have 14 days to answer, where that is later than what else set the clock: the applicant was told that somebody is back';
CREATE INDEX reports_closed ON reports (closed_at) WHERE closed_at IS NOT NULL;
