-- Questions with their options and votes; reports; who moved where.

CREATE TABLE polls (
    status_id bigint PRIMARY KEY REFERENCES statuses ON DELETE CASCADE,
    multiple boolean NOT NULL DEFAULT false,
    ends_at timestamptz,
    closed boolean NOT NULL DEFAULT false,
    voters bigint NOT NULL DEFAULT 0,
    fetched_at timestamptz
);
COMMENT ON TABLE polls IS 'What a question asks. voters and poll_options.votes are what its own server counts; ours are in poll_votes, the greater is shown';

CREATE TABLE poll_options (
    status_id bigint NOT NULL REFERENCES polls ON DELETE CASCADE,
    position smallint NOT NULL CHECK (position BETWEEN 0 AND 19),
    title text NOT NULL CHECK (length(title) BETWEEN 1 AND 500),
    votes bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (status_id, position),
    UNIQUE (status_id, title)
);
COMMENT ON TABLE poll_options IS 'What can be chosen; a vote from elsewhere names the title';

CREATE TABLE poll_votes (
    status_id bigint NOT NULL,
    account_id bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
    position smallint NOT NULL,
    id bigint NOT NULL UNIQUE,
    uri text CHECK (length(uri) <= 2048),
    created_at timestamptz NOT NULL,
    PRIMARY KEY (status_id, account_id, position),
    FOREIGN KEY (status_id, position) REFERENCES poll_options ON DELETE CASCADE
);
COMMENT ON TABLE poll_votes IS 'Who chose what: all votes in polls of ours, and our people''s votes elsewhere. Never shown by name';
CREATE INDEX poll_votes_option ON poll_votes (status_id, position);
CREATE INDEX poll_votes_account ON poll_votes (account_id);

CREATE TABLE reports (
    id bigint PRIMARY KEY,
    uri_hash uuid UNIQUE,
    account_id bigint REFERENCES accounts ON DELETE SET NULL,
    host_id bigint REFERENCES hosts ON DELETE SET NULL,
    target_id bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
    category smallint NOT NULL DEFAULT 0 CHECK (category BETWEEN 0 AND 3),
    comment text NOT NULL DEFAULT '' CHECK (length(comment) <= 5000),
    status_ids bigint[] NOT NULL DEFAULT '{}' CHECK (cardinality(status_ids) <= 100),
    posts jsonb NOT NULL DEFAULT '[]',
    forward boolean NOT NULL DEFAULT false,
    reported_on date NOT NULL,
    created_at timestamptz NOT NULL,
    closed_at timestamptz,
    closed_by bigint
);
COMMENT ON TABLE reports IS 'What was reported: by somebody here (account_id), or by a server (host_id, and account_id of its actor). category: 0 other, 1 spam, 2 rules, 3 legal';
COMMENT ON COLUMN reports.posts IS 'A copy of what was reported as it stood: it may be edited or deleted (D16)';
CREATE UNIQUE INDEX reports_once_a_day ON reports (host_id, target_id, reported_on) WHERE host_id IS NOT NULL;
CREATE INDEX reports_account ON reports (account_id);
CREATE INDEX reports_host ON reports (host_id, created_at);
CREATE INDEX reports_target ON reports (target_id);
CREATE INDEX reports_open ON reports (id) WHERE closed_at IS NULL;

CREATE TABLE account_moves (
    account_id bigint PRIMARY KEY REFERENCES accounts ON DELETE CASCADE,
    target_id bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
    at timestamptz NOT NULL
);
COMMENT ON TABLE account_moves IS 'When an account elsewhere last moved: it cannot move again within 30 days';
CREATE INDEX account_moves_target ON account_moves (target_id);

-- A boost, a favourite or a follow from elsewhere is undone by its address.
CREATE INDEX reactions_uri ON reactions (account_id, uri) WHERE uri IS NOT NULL;
