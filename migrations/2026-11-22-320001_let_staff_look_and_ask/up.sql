-- What reviewers saw, so that a stale decision can show what changed; texts that are used often.

CREATE TABLE application_views (
    application_id bigint NOT NULL REFERENCES applications ON DELETE CASCADE,
    hash bytea NOT NULL,
    seen jsonb NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (application_id, hash)
);
COMMENT ON TABLE application_views IS 'An application as a card showed it, by the hash that a decision carries: only to say what changed since. The latest few, gone with the decision';

CREATE TABLE decision_presets (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind smallint NOT NULL CHECK (kind BETWEEN 0 AND 2),
    title text NOT NULL CHECK (length(title) BETWEEN 1 AND 100),
    body text NOT NULL CHECK (length(body) BETWEEN 1 AND 2000),
    updated_at timestamptz NOT NULL
);
COMMENT ON TABLE decision_presets IS 'Canned words of reviewers: 0 with a yes, 1 with a no, 2 a question. Some dozens at the most';

CREATE TABLE staff_mails (
    user_id bigint PRIMARY KEY REFERENCES users ON DELETE CASCADE,
    told_at timestamptz NOT NULL
);
COMMENT ON TABLE staff_mails IS 'When somebody of the staff was last told of applications by mail: the first at once, then one digest an hour';
