-- What a block cut, so that people can see it, take it along, and have it back.

CREATE TABLE severances (
    id bigint PRIMARY KEY,
    kind smallint NOT NULL CHECK (kind BETWEEN 0 AND 2),
    domain text NOT NULL CHECK (length(domain) BETWEEN 1 AND 253),
    account_id bigint REFERENCES accounts ON DELETE CASCADE,
    policy_id bigint REFERENCES domain_policies ON DELETE SET NULL,
    created_at timestamptz NOT NULL,
    told_at timestamptz,
    restoring_at timestamptz,
    restored_at timestamptz
);
COMMENT ON TABLE severances IS 'One act that ended follows: 0 a server was blocked, 1 a member blocked a server, 2 an account was suspended';
COMMENT ON COLUMN severances.account_id IS 'The member, where it was theirs alone; NULL for acts of staff';
COMMENT ON COLUMN severances.told_at IS 'All is cut and everybody concerned was told; NULL while it is under way';
COMMENT ON COLUMN severances.restoring_at IS 'The act was undone and its follows come back, until restored_at';
CREATE INDEX severances_account ON severances (account_id) WHERE account_id IS NOT NULL;
CREATE INDEX severances_policy ON severances (policy_id);
CREATE INDEX severances_open ON severances (id) WHERE told_at IS NULL;
CREATE INDEX severances_restoring ON severances (id) WHERE restoring_at IS NOT NULL AND restored_at IS NULL;

CREATE TABLE severed_follows (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    severance_id bigint NOT NULL REFERENCES severances ON DELETE CASCADE,
    account_id bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
    other_id bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
    follows boolean NOT NULL,
    state smallint NOT NULL CHECK (state BETWEEN 0 AND 1),
    uri text CHECK (length(uri) <= 2048),
    flags integer NOT NULL,
    languages text[] CHECK (cardinality(languages) <= 50),
    followed_at timestamptz NOT NULL,
    restored_at timestamptz,
    UNIQUE (severance_id, account_id, other_id, follows)
);
COMMENT ON TABLE severed_follows IS 'Follows that ended with a severance, as they were';
COMMENT ON COLUMN severed_follows.account_id IS 'Who lives here; other_id lives elsewhere';
COMMENT ON COLUMN severed_follows.follows IS 'true: account_id followed other_id; false: the other way';
CREATE INDEX severed_follows_account ON severed_follows (account_id, severance_id, id);
CREATE INDEX severed_follows_other ON severed_follows (other_id);
CREATE INDEX severed_follows_back ON severed_follows (severance_id, id) WHERE restored_at IS NULL;

ALTER TABLE host_sweeps ADD COLUMN severance_id bigint REFERENCES severances ON DELETE SET NULL;
COMMENT ON COLUMN host_sweeps.severance_id IS 'Where the follows go that are cut on the way; NULL = none are';
CREATE INDEX host_sweeps_severance ON host_sweeps (severance_id);

ALTER TABLE notifications ADD COLUMN severance_id bigint REFERENCES severances ON DELETE CASCADE;
COMMENT ON COLUMN notifications.severance_id IS 'Of kind 12: what it is about; from_account_id is then the reader''s own';
CREATE INDEX notifications_severance ON notifications (severance_id) WHERE severance_id IS NOT NULL;
DROP INDEX notifications_once;
CREATE UNIQUE INDEX notifications_once ON notifications
    (account_id, kind, from_account_id, coalesce(status_id, severance_id, 0));
