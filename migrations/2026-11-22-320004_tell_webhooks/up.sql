-- Addresses of the admin's choice that hear of what happens at the door.

CREATE TABLE webhooks (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    address text NOT NULL CHECK (length(address) <= 2000),
    secret text NOT NULL DEFAULT '',
    events integer NOT NULL,
    template text NOT NULL CHECK (length(template) <= 4000),
    enabled boolean NOT NULL DEFAULT true,
    created_by bigint REFERENCES users ON DELETE SET NULL,
    created_at timestamptz NOT NULL,
    last_at timestamptz,
    last_status smallint,
    last_error text NOT NULL DEFAULT '',
    fails integer NOT NULL DEFAULT 0
);
COMMENT ON TABLE webhooks IS 'Deliveries are jobs (queue 2); the last result stands here';
COMMENT ON COLUMN webhooks.secret IS 'Signs bodies; sealed with the key for values at rest, for this row alone';
COMMENT ON COLUMN webhooks.events IS 'Bits: 1 application received, 2 decided, 4 door changed, 8 report made';
COMMENT ON COLUMN webhooks.fails IS 'Failed deliveries in a row; after 20 it is switched off';
CREATE INDEX webhooks_created_by ON webhooks (created_by);
