-- What other servers said and we have not looked at yet: one lane a host, in order.

CREATE TABLE inbox (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    host_id bigint NOT NULL,
    account_id bigint NOT NULL,
    uri_hash uuid NOT NULL,
    document text NOT NULL,
    attempts smallint NOT NULL DEFAULT 0,
    run_at timestamptz NOT NULL,
    last_error text CHECK (length(last_error) <= 2000),
    failed_at timestamptz,
    received_at timestamptz NOT NULL
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 1000);
COMMENT ON TABLE inbox IS 'Activities that were verified and answered 202, until they are done; no foreign keys. failed_at = given up, kept for the desk';
COMMENT ON COLUMN inbox.account_id IS 'Who signed: the actor of the activity';
COMMENT ON COLUMN inbox.uri_hash IS 'First 16 bytes of SHA-256 of the activity''s id, as in received_activities_*';
CREATE INDEX inbox_lane ON inbox (host_id, id) WHERE failed_at IS NULL;
CREATE INDEX inbox_failed ON inbox (failed_at) WHERE failed_at IS NOT NULL;

-- Held activities must not outgrow what somebody can look through.
CREATE INDEX held_activities_until ON held_activities (until) WHERE until IS NOT NULL;

ALTER TABLE domain_policies ADD CONSTRAINT domain_policies_kind CHECK (kind BETWEEN 0 AND 3);
COMMENT ON COLUMN domain_policies.kind IS '0 limited, 1 suspended, 2 no media, 3 held';
COMMENT ON COLUMN hosts.flags IS 'Union of the policies in force (D15): 1 limited, 2 suspended, 4 no media, 8 held';
CREATE INDEX domain_policies_until ON domain_policies (until) WHERE until IS NOT NULL AND lifted_at IS NULL;
