-- Where staff signed in lately: nobody decides about somebody from their own network (C6).

CREATE TABLE staff_networks (
    user_id bigint NOT NULL REFERENCES users ON DELETE CASCADE,
    network inet NOT NULL,
    seen_at timestamptz NOT NULL,
    PRIMARY KEY (user_id, network)
);
COMMENT ON TABLE staff_networks IS 'Networks (/24 or /64) that staff signed in from, for 30 days, also once a session ended';
CREATE INDEX staff_networks_seen ON staff_networks (seen_at);
