-- The event log, jobs, and what has been received.

CREATE TABLE events (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    lane smallint NOT NULL CHECK (lane BETWEEN 0 AND 2),
    kind smallint NOT NULL,
    subject_id bigint NOT NULL,
    actor_id bigint NOT NULL,
    extra bigint,
    created_at timestamptz NOT NULL
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 1000);
COMMENT ON TABLE events IS 'What happened and was not told yet; the relay deletes what it took. Ids only, no foreign keys';
CREATE INDEX events_lane ON events (lane, id);

CREATE TABLE jobs (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    queue smallint NOT NULL,
    key text CHECK (length(key) <= 200),
    payload jsonb NOT NULL DEFAULT '{}',
    priority smallint NOT NULL DEFAULT 0,
    run_at timestamptz NOT NULL,
    attempts smallint NOT NULL DEFAULT 0,
    locked_until timestamptz,
    locked_by uuid,
    last_error text CHECK (length(last_error) <= 2000),
    failed_at timestamptz,
    created_at timestamptz NOT NULL
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 1000);
COMMENT ON TABLE jobs IS 'What leaves the machine or may fail, from the relay to its worker. failed_at = given up, kept for the desk';
CREATE UNIQUE INDEX jobs_key ON jobs (queue, key) WHERE key IS NOT NULL AND failed_at IS NULL;
CREATE INDEX jobs_due ON jobs (queue, priority, run_at, id) WHERE failed_at IS NULL;

CREATE TABLE received_activities_a (
    uri_hash uuid PRIMARY KEY,
    received_at timestamptz NOT NULL
);
COMMENT ON TABLE received_activities_a IS 'Ids of activities seen: one of two generations of 15 days (D24)';
CREATE TABLE received_activities_b (
    uri_hash uuid PRIMARY KEY,
    received_at timestamptz NOT NULL
);
COMMENT ON TABLE received_activities_b IS 'Ids of activities seen: the other of two generations of 15 days (D24)';
