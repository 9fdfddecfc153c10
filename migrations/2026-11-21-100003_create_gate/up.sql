-- The gate: applications and what stands around them (D5, D7, D26, D27).

CREATE TABLE applicant_profiles (
    user_id bigint PRIMARY KEY REFERENCES users ON DELETE CASCADE,
    display_name text NOT NULL DEFAULT '' CHECK (length(display_name) <= 500),
    note text NOT NULL DEFAULT '' CHECK (length(note) <= 5000),
    fields jsonb NOT NULL DEFAULT '[]',
    locked boolean NOT NULL DEFAULT false,
    avatar_path text CHECK (length(avatar_path) <= 200),
    header_path text CHECK (length(header_path) <= 200),
    edits_on date,
    edits integer NOT NULL DEFAULT 0,
    updated_at timestamptz NOT NULL
);
COMMENT ON TABLE applicant_profiles IS 'What will become the account; plain text, private pictures. Seen by its owner and reviewers alone';

CREATE TABLE applications (
    id bigint PRIMARY KEY,
    user_id bigint NOT NULL REFERENCES users ON DELETE CASCADE,
    state smallint NOT NULL CHECK (state BETWEEN 0 AND 6),
    version integer NOT NULL DEFAULT 1,
    snapshot_hash bytea,
    mode smallint NOT NULL DEFAULT 1 CHECK (mode BETWEEN 0 AND 3),
    lane smallint NOT NULL DEFAULT 1 CHECK (lane BETWEEN 0 AND 3),
    put_off_until timestamptz,
    remark text CHECK (length(remark) <= 5000),
    locale text NOT NULL DEFAULT 'en' CHECK (length(locale) <= 35),
    network inet,
    mail_domain text CHECK (length(mail_domain) <= 253),
    fill_seconds integer,
    submitted_at timestamptz NOT NULL,
    confirmed_at timestamptz,
    read_at timestamptz,
    read_by bigint REFERENCES users ON DELETE SET NULL,
    decided_at timestamptz,
    decided_by bigint REFERENCES users ON DELETE SET NULL,
    decision_message text CHECK (length(decision_message) <= 5000),
    told boolean NOT NULL DEFAULT false,
    erase_at timestamptz
);
COMMENT ON TABLE applications IS 'Requests to join; state changes by compare and set on version (D26)';
COMMENT ON COLUMN applications.mode IS 'The effective mode when it was sent: 0 open, 1 approval, 2 invite, 3 closed; asked again at the confirmation, the stricter counts';
COMMENT ON COLUMN applications.lane IS '0 vouched, 1 waiting, 2 in line, 3 likely automated';
COMMENT ON COLUMN applications.told IS 'Whether the applicant hears of the decision by mail';
CREATE INDEX applications_user ON applications (user_id);
CREATE INDEX applications_read_by ON applications (read_by);
CREATE INDEX applications_decided_by ON applications (decided_by);
CREATE INDEX applications_queue ON applications (state, lane, id) WHERE state IN (0, 1, 2);
CREATE INDEX applications_decided ON applications (decided_at) WHERE decided_at IS NOT NULL;
CREATE INDEX applications_erase ON applications (erase_at) WHERE erase_at IS NOT NULL;

CREATE TABLE questions (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    position smallint NOT NULL,
    pool smallint NOT NULL DEFAULT 0,
    retired_at timestamptz,
    created_at timestamptz NOT NULL
);
COMMENT ON TABLE questions IS 'What the admin asks; the words are in versions, never destroyed';

CREATE TABLE question_versions (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    question_id bigint NOT NULL REFERENCES questions,
    version integer NOT NULL,
    kind smallint NOT NULL CHECK (kind BETWEEN 0 AND 4),
    labels jsonb NOT NULL,
    helps jsonb NOT NULL DEFAULT '{}',
    choices jsonb NOT NULL DEFAULT '[]',
    required boolean NOT NULL DEFAULT true,
    max_length integer NOT NULL DEFAULT 2000 CHECK (max_length BETWEEN 1 AND 5000),
    created_by bigint,
    created_at timestamptz NOT NULL,
    UNIQUE (question_id, version)
);
COMMENT ON TABLE question_versions IS 'kind: 0 short, 1 long, 2 choice, 3 multi, 4 acknowledge; labels and helps by locale';

CREATE TABLE application_answers (
    application_id bigint NOT NULL REFERENCES applications ON DELETE CASCADE,
    question_version_id bigint NOT NULL REFERENCES question_versions,
    position smallint NOT NULL,
    wording text NOT NULL CHECK (length(wording) <= 1000),
    value text NOT NULL CHECK (length(value) <= 5000),
    PRIMARY KEY (application_id, question_version_id)
);
COMMENT ON TABLE application_answers IS 'An answer keeps the words of the question as it was asked';
CREATE INDEX application_answers_version ON application_answers (question_version_id);

CREATE TABLE drafts (
    id bigint PRIMARY KEY,
    user_id bigint NOT NULL REFERENCES users ON DELETE CASCADE,
    text text NOT NULL CHECK (length(text) <= 20000),
    spoiler_text text NOT NULL DEFAULT '' CHECK (length(spoiler_text) <= 20000),
    sensitive boolean NOT NULL DEFAULT false,
    visibility smallint NOT NULL DEFAULT 0 CHECK (visibility BETWEEN 0 AND 3),
    language text CHECK (length(language) <= 35),
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
COMMENT ON TABLE drafts IS 'Posts that are not one yet (D7). Nothing that reads statuses reads this';
CREATE INDEX drafts_user ON drafts (user_id, id);

CREATE TABLE draft_media (
    id bigint PRIMARY KEY,
    user_id bigint NOT NULL REFERENCES users ON DELETE CASCADE,
    draft_id bigint REFERENCES drafts ON DELETE CASCADE,
    position smallint NOT NULL DEFAULT 0,
    path text NOT NULL CHECK (length(path) <= 200),
    mime text NOT NULL CHECK (length(mime) <= 100),
    size integer NOT NULL,
    width integer,
    height integer,
    blurhash text CHECK (length(blurhash) <= 100),
    description text NOT NULL DEFAULT '' CHECK (length(description) <= 1500),
    created_at timestamptz NOT NULL
);
COMMENT ON TABLE draft_media IS 'Private pictures of drafts; publishing copies the file to a new random path (D7)';
CREATE INDEX draft_media_user ON draft_media (user_id);
CREATE INDEX draft_media_draft ON draft_media (draft_id);

CREATE TABLE decision_memory (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    key_id smallint NOT NULL,
    kind smallint NOT NULL CHECK (kind BETWEEN 0 AND 1),
    keyed bytea NOT NULL,
    decision smallint NOT NULL,
    decided_at timestamptz NOT NULL,
    until timestamptz NOT NULL
);
COMMENT ON TABLE decision_memory IS 'Keyed hashes (0 address, 1 network) of those refused, 90 days: a second try is shown as one (D26)';
CREATE INDEX decision_memory_keyed ON decision_memory (keyed);
CREATE INDEX decision_memory_until ON decision_memory (until);

CREATE TABLE signs_of_life (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id bigint NOT NULL,
    kind smallint NOT NULL CHECK (kind BETWEEN 0 AND 2),
    at timestamptz NOT NULL
);
COMMENT ON TABLE signs_of_life IS 'Deliberate human acts of staff: 0 act, 1 check-in, 2 visit (registration.md C1). Kept 400 days';
CREATE INDEX signs_of_life_at ON signs_of_life (at);
CREATE INDEX signs_of_life_user ON signs_of_life (user_id, at);

CREATE TABLE episodes (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind smallint NOT NULL,
    stage smallint NOT NULL,
    version integer NOT NULL DEFAULT 1,
    latched boolean NOT NULL DEFAULT false,
    since timestamptz NOT NULL,
    ended_at timestamptz
);
COMMENT ON TABLE episodes IS 'What the dead-man switch wrote down; ceilings are computed, never stored (D27)';

CREATE TABLE door_history (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL,
    from_mode smallint CHECK (from_mode BETWEEN 0 AND 3),
    to_mode smallint NOT NULL CHECK (to_mode BETWEEN 0 AND 3),
    reason smallint NOT NULL CHECK (reason BETWEEN 0 AND 6)
);
COMMENT ON TABLE door_history IS 'Append-only; public; never names';

CREATE TABLE audit_log (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL,
    actor_user_id bigint,
    act text NOT NULL CHECK (length(act) <= 100),
    subject_kind text NOT NULL CHECK (length(subject_kind) <= 50),
    subject_id bigint,
    detail jsonb NOT NULL DEFAULT '{}',
    inverse jsonb,
    previous_hash bytea,
    hash bytea NOT NULL
);
COMMENT ON TABLE audit_log IS 'Every act of staff: append-only by trigger, hash-chained, no foreign keys (D27)';
CREATE INDEX audit_log_actor ON audit_log (actor_user_id, id);
CREATE INDEX audit_log_subject ON audit_log (subject_kind, subject_id, id);

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;
END $$;
CREATE TRIGGER audit_log_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_log
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER door_history_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON door_history
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
