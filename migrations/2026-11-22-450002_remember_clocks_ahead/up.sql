-- A clock that was set back shortens what was written before it: by all of it, or by what is left
-- where the clock had been ahead and only came home (registration.md C1, Clock; E4, E5).
ALTER TABLE switch_state
    ADD COLUMN ahead_millis bigint NOT NULL DEFAULT 0 CHECK (ahead_millis >= 0),
    ADD COLUMN ahead_from timestamptz,
    ADD CHECK (ahead_millis = 0 OR ahead_from IS NOT NULL);
COMMENT ON COLUMN switch_state.ahead_millis IS 'The longest leap of the clock that was not taken back yet, or the longest time the server was off: nobody can tell them apart';
COMMENT ON COLUMN switch_state.ahead_from IS 'The last tick before that leap';
