-- Who may tell somebody something at once, and whose notifications wait in the request box.

CREATE TABLE notification_policies (
    account_id bigint PRIMARY KEY REFERENCES accounts ON DELETE CASCADE,
    for_not_following smallint NOT NULL DEFAULT 0 CHECK (for_not_following BETWEEN 0 AND 2),
    for_not_followers smallint NOT NULL DEFAULT 0 CHECK (for_not_followers BETWEEN 0 AND 2),
    for_new_accounts smallint NOT NULL DEFAULT 0 CHECK (for_new_accounts BETWEEN 0 AND 2),
    for_private_mentions smallint NOT NULL DEFAULT 0 CHECK (for_private_mentions BETWEEN 0 AND 2),
    for_limited_accounts smallint NOT NULL DEFAULT 1 CHECK (for_limited_accounts BETWEEN 0 AND 2),
    for_bots smallint NOT NULL DEFAULT 0 CHECK (for_bots BETWEEN 0 AND 2)
);
COMMENT ON TABLE notification_policies IS 'What somebody does with notifications by whom: 0 accept, 1 filter into the request box, 2 drop; no row = the defaults';

CREATE TABLE notification_permissions (
    account_id bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
    from_account_id bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (account_id, from_account_id)
);
COMMENT ON TABLE notification_permissions IS 'Whose request was accepted: their notifications come at once';
CREATE INDEX notification_permissions_from ON notification_permissions (from_account_id);

ALTER TABLE hosts ADD COLUMN flooding_until timestamptz;
COMMENT ON COLUMN hosts.flooding_until IS 'It sent more than its budget: until then what its people tell strangers here waits in request boxes';
COMMENT ON COLUMN notification_requests.notifications_count IS 'How many there were in all; what waits is counted when it is shown';
