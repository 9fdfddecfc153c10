-- "Company is coming": a workshop applies from one network within some hours.

CREATE TABLE event_codes (
    id bigint PRIMARY KEY,
    code text NOT NULL UNIQUE CHECK (code ~ '^[A-Z0-9]{4,20}$'),
    title text NOT NULL CHECK (length(title) BETWEEN 1 AND 100),
    uses integer NOT NULL CHECK (uses BETWEEN 1 AND 500),
    used integer NOT NULL DEFAULT 0 CHECK (used >= 0),
    network inet,
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL,
    CHECK (used <= uses)
);
COMMENT ON TABLE event_codes IS 'Codes that free an event from the limits of its network and from the proof of work';
COMMENT ON COLUMN event_codes.network IS 'The one network that it is good from; NULL until its first use settles it';
CREATE INDEX event_codes_ends ON event_codes (ends_at);
CREATE INDEX applications_event_code ON applications (event_code_id) WHERE event_code_id IS NOT NULL;
