-- What applicants and staff say to each other, who is reading what, and what an application
-- carries besides its answers.

ALTER TABLE applications
    ADD COLUMN put_offs smallint NOT NULL DEFAULT 0 CHECK (put_offs BETWEEN 0 AND 2),
    ADD COLUMN appealed_at timestamptz,
    ADD COLUMN elsewhere text CHECK (length(elsewhere) <= 320),
    ADD COLUMN proof smallint NOT NULL DEFAULT 0 CHECK (proof BETWEEN 0 AND 3),
    ADD COLUMN event_code_id bigint,
    ADD COLUMN cluster_id bigint;
COMMENT ON COLUMN applications.put_offs IS 'How often it was put off, twice at the most';
COMMENT ON COLUMN applications.appealed_at IS 'When a no was appealed against, once; pending again since';
COMMENT ON COLUMN applications.elsewhere IS 'A handle elsewhere as the applicant typed it: text, never fetched';
COMMENT ON COLUMN applications.proof IS '0 none yet, 1 proof of work, 2 the wait that stands in for it, 3 none was asked';
COMMENT ON COLUMN applications.event_code_id IS 'The event code it came with; codes are deleted without it';
COMMENT ON COLUMN applications.cluster_id IS 'The oldest application of those like it, by three hints that agree; NULL for one alone';
CREATE INDEX applications_cluster ON applications (cluster_id) WHERE cluster_id IS NOT NULL;

CREATE TABLE application_messages (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    application_id bigint NOT NULL REFERENCES applications ON DELETE CASCADE,
    kind smallint NOT NULL CHECK (kind BETWEEN 0 AND 3),
    author_id bigint REFERENCES users ON DELETE SET NULL,
    body text NOT NULL CHECK (length(body) <= 5000),
    created_at timestamptz NOT NULL
);
COMMENT ON TABLE application_messages IS 'kind: 0 a question of staff, 1 the answer to it, 2 a note that staff alone read, 3 an appeal. Plain text, gone with the application';
CREATE INDEX application_messages_application ON application_messages (application_id, id);
CREATE INDEX application_messages_author ON application_messages (author_id);

CREATE TABLE application_claims (
    application_id bigint PRIMARY KEY REFERENCES applications ON DELETE CASCADE,
    user_id bigint NOT NULL REFERENCES users ON DELETE CASCADE,
    until timestamptz NOT NULL
);
COMMENT ON TABLE application_claims IS 'Who is reading it just now: a word to the others, stopping nobody. Over after 10 minutes, or when the role goes';
CREATE INDEX application_claims_user ON application_claims (user_id);
