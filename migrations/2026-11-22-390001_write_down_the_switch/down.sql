DROP INDEX reports_closed;
ALTER TABLE applications DROP COLUMN response_from;
DROP TABLE switch_state;
DROP INDEX episodes_open;
ALTER TABLE episodes
    DROP CONSTRAINT episodes_kind_check,
    DROP CONSTRAINT episodes_stage_check,
    DROP COLUMN stage_since,
    DROP COLUMN warned,
    DROP COLUMN uptime_millis,
    DROP COLUMN guarded_at,
    DROP COLUMN sealed_at,
    DROP COLUMN distress_at,
    DROP COLUMN ended_by,
    ADD COLUMN latched boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN episodes.kind IS NULL;
COMMENT ON COLUMN episodes.stage IS NULL;
COMMENT ON COLUMN episodes.version IS NULL;
COMMENT ON TABLE episodes IS 'What the dead-man switch wrote down; ceilings are computed, never stored (D27)';
DROP INDEX signs_of_life_user_kind;
CREATE INDEX signs_of_life_user ON signs_of_life (user_id, at);
DELETE FROM signs_of_life WHERE kind = 3;
ALTER TABLE signs_of_life DROP CONSTRAINT signs_of_life_kind_check;
ALTER TABLE signs_of_life ADD CHECK (kind BETWEEN 0 AND 2);
COMMENT ON TABLE signs_of_life IS 'Deliberate human acts of staff: 0 act, 1 check-in, 2 visit (registration.md C1). Kept 400 days';
