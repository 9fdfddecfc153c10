-- Between accounts (D15, D20), and what people are told (D21).

CREATE TABLE follows (
    id bigint PRIMARY KEY,
    account_id bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
    target_id bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
    state smallint NOT NULL CHECK (state BETWEEN 0 AND 1),
    uri text CHECK (length(uri) <= 2048),
    flags integer NOT NULL DEFAULT 1,
    languages text[] CHECK (cardinality(languages) <= 50),
    created_at timestamptz NOT NULL,
    UNIQUE (account_id, target_id),
    CHECK (account_id <> target_id)
);
COMMENT ON TABLE follows IS 'state 0 asked, 1 accepted; ids page the lists (D20)';
COMMENT ON COLUMN follows.flags IS '1 shows boosts, 2 notifies of every post';
CREATE INDEX follows_target ON follows (target_id, state, id);
CREATE INDEX follows_account ON follows (account_id, state, id);

CREATE TABLE blocks (
    account_id bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
    target_id bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
    id bigint NOT NULL UNIQUE,
    uri text CHECK (length(uri) <= 2048),
    PRIMARY KEY (account_id, target_id),
    CHECK (account_id <> target_id)
);
COMMENT ON TABLE blocks IS 'account_id wants nothing of target_id';
CREATE INDEX blocks_target ON blocks (target_id, account_id);

CREATE TABLE mutes (
    account_id bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
    target_id bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
    id bigint NOT NULL UNIQUE,
    notifications boolean NOT NULL DEFAULT true,
    until timestamptz,
    PRIMARY KEY (account_id, target_id),
    CHECK (account_id <> target_id)
);
COMMENT ON TABLE mutes IS 'account_id does not want to see target_id; notifications = those neither';
CREATE INDEX mutes_target ON mutes (target_id);

CREATE TABLE notifications (
    id bigint PRIMARY KEY,
    account_id bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
    kind smallint NOT NULL,
    from_account_id bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
    status_id bigint REFERENCES statuses ON DELETE CASCADE,
    group_key text NOT NULL CHECK (length(group_key) <= 100),
    filtered boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL
);
COMMENT ON TABLE notifications IS 'At most 10,000 a person; no double by construction (D21)';
CREATE UNIQUE INDEX notifications_once ON notifications (account_id, kind, from_account_id, coalesce(status_id, 0));
CREATE INDEX notifications_page ON notifications (account_id, id) WHERE NOT filtered;
CREATE INDEX notifications_filtered ON notifications (account_id, from_account_id) WHERE filtered;
CREATE INDEX notifications_from ON notifications (from_account_id);
CREATE INDEX notifications_status ON notifications (status_id);

CREATE TABLE notification_requests (
    id bigint NOT NULL UNIQUE,
    account_id bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
    from_account_id bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
    last_status_id bigint REFERENCES statuses ON DELETE SET NULL,
    notifications_count integer NOT NULL DEFAULT 0,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (account_id, from_account_id)
);
COMMENT ON TABLE notification_requests IS 'Filtered notifications, one row a sender';
CREATE INDEX notification_requests_from ON notification_requests (from_account_id);
CREATE INDEX notification_requests_status ON notification_requests (last_status_id);

CREATE TABLE markers (
    user_id bigint NOT NULL REFERENCES users ON DELETE CASCADE,
    timeline smallint NOT NULL CHECK (timeline BETWEEN 0 AND 1),
    last_read_id bigint NOT NULL,
    version integer NOT NULL DEFAULT 1,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (user_id, timeline)
);
COMMENT ON TABLE markers IS 'How far somebody has read: 0 home, 1 notifications';

CREATE TABLE account_restraints (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    account_id bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
    kind smallint NOT NULL CHECK (kind BETWEEN 0 AND 3),
    source smallint NOT NULL,
    reason text NOT NULL DEFAULT '' CHECK (length(reason) <= 5000),
    since timestamptz NOT NULL,
    until timestamptz,
    lifted_at timestamptz,
    lifted_by bigint
);
COMMENT ON TABLE account_restraints IS 'Many causes, strictest wins, lifting one leaves the rest (D15): 0 limited, 1 suspended, 2 probation, 3 frozen invites';
CREATE INDEX account_restraints_account ON account_restraints (account_id) WHERE lifted_at IS NULL;
CREATE INDEX account_restraints_owner ON account_restraints (account_id);

CREATE TABLE domain_policies (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    host_id bigint NOT NULL REFERENCES hosts ON DELETE CASCADE,
    kind smallint NOT NULL,
    source smallint NOT NULL,
    public_comment text NOT NULL DEFAULT '' CHECK (length(public_comment) <= 5000),
    private_comment text NOT NULL DEFAULT '' CHECK (length(private_comment) <= 5000),
    since timestamptz NOT NULL,
    until timestamptz,
    lifted_at timestamptz,
    lifted_by bigint
);
COMMENT ON TABLE domain_policies IS 'What holds for a host, joined to hosts.flags (D15)';
CREATE INDEX domain_policies_host ON domain_policies (host_id);

CREATE TABLE reach (
    account_id bigint NOT NULL,
    host_id bigint NOT NULL,
    first_at timestamptz NOT NULL,
    PRIMARY KEY (account_id, host_id)
);
COMMENT ON TABLE reach IS 'Which hosts have seen anything of an account (D17); no foreign keys';
