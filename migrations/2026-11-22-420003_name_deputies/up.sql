-- Who stands in while nobody of the staff is there, and what they laid on others.

CREATE TABLE deputies (
    user_id bigint PRIMARY KEY REFERENCES users ON DELETE CASCADE,
    named_by bigint REFERENCES users ON DELETE SET NULL,
    told boolean NOT NULL,
    named_at timestamptz NOT NULL,
    called_at timestamptz
);
COMMENT ON TABLE deputies IS 'Members whom admins named to stand in, five at the most; shown nowhere but to admins (registration.md C1, Secrets)';
COMMENT ON COLUMN deputies.told IS 'They were told when they were named';
COMMENT ON COLUMN deputies.called_at IS 'When they were called last';
CREATE INDEX deputies_named_by ON deputies (named_by) WHERE named_by IS NOT NULL;

CREATE TABLE deputy_acts (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id bigint REFERENCES users ON DELETE SET NULL,
    kind smallint CHECK (kind IN (0, 1)),
    account_id bigint REFERENCES accounts ON DELETE CASCADE,
    policy_id bigint REFERENCES domain_policies ON DELETE CASCADE,
    at timestamptz NOT NULL,
    until timestamptz NOT NULL CHECK (until > at),
    ended_at timestamptz,
    kept_by bigint REFERENCES users ON DELETE SET NULL,
    CHECK ((account_id IS NULL) = (kind IS NULL))
);
COMMENT ON TABLE deputy_acts IS 'What deputies laid on accounts and servers: it ends by itself, unless staff keep it';
COMMENT ON COLUMN deputy_acts.kind IS 'account_restraints.kind of what was laid on an account: 0 limited, 1 suspended';
COMMENT ON COLUMN deputy_acts.ended_at IS 'When it was ended, or kept for good';
CREATE INDEX deputy_acts_user ON deputy_acts (user_id, at) WHERE user_id IS NOT NULL;
CREATE INDEX deputy_acts_account ON deputy_acts (account_id) WHERE account_id IS NOT NULL;
CREATE INDEX deputy_acts_policy ON deputy_acts (policy_id) WHERE policy_id IS NOT NULL;
CREATE INDEX deputy_acts_kept_by ON deputy_acts (kept_by) WHERE kept_by IS NOT NULL;
CREATE INDEX deputy_acts_open ON deputy_acts (id) WHERE ended_at IS NULL;
