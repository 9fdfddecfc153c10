-- Budgets for acts that destroy: counted an hour, and beyond it held for half a day (C6).

CREATE TABLE destructive_acts (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    actor_id bigint NOT NULL REFERENCES users ON DELETE CASCADE,
    act text NOT NULL CHECK (length(act) <= 100),
    wish jsonb,
    words text CHECK (length(words) <= 500),
    created_at timestamptz NOT NULL,
    due_at timestamptz,
    ended_at timestamptz,
    ended_by bigint,
    outcome text CHECK (length(outcome) <= 1000)
);
COMMENT ON TABLE destructive_acts IS 'One row an act, kept 30 days: what one person did within the hour, and what waits';
COMMENT ON COLUMN destructive_acts.wish IS 'What is to be done, for one that waits; NULL for one that was done at once';
COMMENT ON COLUMN destructive_acts.ended_by IS 'users.id of whoever stopped it; no foreign key; NULL where time did it';
COMMENT ON COLUMN destructive_acts.outcome IS 'What became of it, in a sentence';
CREATE INDEX destructive_acts_actor ON destructive_acts (actor_id, created_at);
CREATE INDEX destructive_acts_created ON destructive_acts (created_at);
CREATE INDEX destructive_acts_open ON destructive_acts (due_at) WHERE due_at IS NOT NULL AND ended_at IS NULL;
