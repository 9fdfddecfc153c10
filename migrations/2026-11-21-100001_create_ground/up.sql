-- Ids (D1), settings, secrets, leases: what every other table stands on.

CREATE SEQUENCE id_sequence;
COMMENT ON SEQUENCE id_sequence IS 'The 16 low bits of every id that an API shows';

CREATE FUNCTION next_id(at timestamptz) RETURNS bigint
LANGUAGE sql VOLATILE
RETURN (floor(extract(epoch FROM at) * 1000)::bigint << 16) | (nextval('id_sequence') & 65535);
COMMENT ON FUNCTION next_id IS 'An id: 48 bits of milliseconds since 1970, 16 bits of sequence (D1). The time is a parameter: no SQL reads the clock';

CREATE TABLE instance_settings (
    key text PRIMARY KEY CHECK (length(key) <= 100),
    value jsonb NOT NULL,
    updated_at timestamptz NOT NULL
);
COMMENT ON TABLE instance_settings IS 'What the admin chose on the web, and what is fixed once (domain)';

CREATE TABLE instance_secrets (
    name text PRIMARY KEY CHECK (length(name) <= 100),
    value bytea NOT NULL,
    created_at timestamptz NOT NULL
);
COMMENT ON TABLE instance_secrets IS 'Made at first start under a lock; never leave the server';

CREATE TABLE leases (
    name text PRIMARY KEY CHECK (length(name) <= 100),
    holder uuid NOT NULL,
    until timestamptz NOT NULL
);
COMMENT ON TABLE leases IS 'Who does what only one process may do at a time (the relay, timers)';
