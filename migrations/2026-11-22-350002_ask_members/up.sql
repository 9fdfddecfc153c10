-- Vouches: an applicant names a member, who gets one private question.

CREATE TABLE vouches (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    application_id bigint NOT NULL REFERENCES applications ON DELETE CASCADE,
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 30),
    user_id bigint REFERENCES users ON DELETE SET NULL,
    named_at timestamptz NOT NULL,
    asked_at timestamptz,
    answer smallint CHECK (answer BETWEEN 0 AND 2),
    answered_at timestamptz,
    UNIQUE (application_id, name),
    CHECK (asked_at IS NOT NULL OR user_id IS NULL),
    CHECK ((answer IS NULL) = (answered_at IS NULL)),
    CHECK (answer IS NULL OR asked_at IS NOT NULL)
);
COMMENT ON TABLE vouches IS 'Members whom applicants name, and what those said; never shown to the applicant';
COMMENT ON COLUMN vouches.name IS 'The name as typed, in lower case, whether or not anybody has it';
COMMENT ON COLUMN vouches.user_id IS 'The member who was asked; NULL where nobody was (no such member, or asked often enough this week), and when they are gone';
COMMENT ON COLUMN vouches.answer IS '0 yes, 1 no, 2 rather not say';
CREATE INDEX vouches_open ON vouches (user_id) WHERE user_id IS NOT NULL AND answer IS NULL;
CREATE INDEX vouches_asked ON vouches (user_id, asked_at) WHERE user_id IS NOT NULL;
