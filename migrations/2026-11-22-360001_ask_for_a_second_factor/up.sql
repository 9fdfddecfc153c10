-- A second factor beside the password: codes of an app, passkeys, recovery codes.

ALTER TABLE users ADD COLUMN second_factor_since timestamptz;
COMMENT ON COLUMN users.second_factor_since IS 'Since when a second factor is set; NULL: none is, and staff rights sleep';

CREATE TABLE totp_factors (
    user_id bigint PRIMARY KEY REFERENCES users ON DELETE CASCADE,
    sealed text NOT NULL CHECK (length(sealed) <= 500),
    last_step bigint NOT NULL,
    created_at timestamptz NOT NULL,
    last_used_at timestamptz
);
COMMENT ON TABLE totp_factors IS 'An app that makes codes (RFC 6238), one a user';
COMMENT ON COLUMN totp_factors.sealed IS 'The shared secret, sealed by a key that is not in this table';
COMMENT ON COLUMN totp_factors.last_step IS 'The newest step of 30 seconds whose code was used; its code and older ones are worthless';

CREATE TABLE passkeys (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id bigint NOT NULL REFERENCES users ON DELETE CASCADE,
    credential_id bytea NOT NULL UNIQUE CHECK (length(credential_id) <= 1024),
    credential jsonb NOT NULL,
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 60),
    created_at timestamptz NOT NULL,
    last_used_at timestamptz
);
COMMENT ON TABLE passkeys IS 'WebAuthn credentials as a second factor; twenty a user at the most';
COMMENT ON COLUMN passkeys.credential IS 'Public key, counter and flags; nothing in it signs anybody in';
CREATE INDEX passkeys_user ON passkeys (user_id);

CREATE TABLE recovery_codes (
    user_id bigint NOT NULL REFERENCES users ON DELETE CASCADE,
    digest bytea NOT NULL CHECK (length(digest) = 32),
    created_at timestamptz NOT NULL,
    used_at timestamptz,
    PRIMARY KEY (user_id, digest)
);
COMMENT ON TABLE recovery_codes IS 'Ten codes for the day the phone is lost, each good once';
COMMENT ON COLUMN recovery_codes.digest IS 'SHA-256 of the code, which has 76 bits';

CREATE TABLE sign_in_steps (
    digest bytea PRIMARY KEY CHECK (length(digest) = 32),
    user_id bigint NOT NULL REFERENCES users ON DELETE CASCADE,
    challenge jsonb,
    tries smallint NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at timestamptz
);
COMMENT ON TABLE sign_in_steps IS 'The password was right, the second factor is still asked for: no session yet';
COMMENT ON COLUMN sign_in_steps.challenge IS 'What the passkeys were asked, and what the answer is held against; NULL without passkeys';
CREATE INDEX sign_in_steps_user ON sign_in_steps (user_id);
CREATE INDEX sign_in_steps_expires ON sign_in_steps (expires_at);
