-- Ways in: sessions, apps, codes, tokens, links. Secrets only as SHA-256 digests.

CREATE TABLE sessions (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    digest bytea NOT NULL UNIQUE,
    user_id bigint NOT NULL REFERENCES users ON DELETE CASCADE,
    user_agent text NOT NULL DEFAULT '' CHECK (length(user_agent) <= 500),
    network inet,
    created_at timestamptz NOT NULL,
    last_seen_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL
);
COMMENT ON TABLE sessions IS 'Web sign-ins, listed and revocable';
CREATE INDEX sessions_user ON sessions (user_id);
CREATE INDEX sessions_expires ON sessions (expires_at);

CREATE TABLE apps (
    id bigint PRIMARY KEY,
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    website text CHECK (length(website) <= 2000),
    redirect_uris text[] NOT NULL CHECK (cardinality(redirect_uris) BETWEEN 1 AND 20),
    scopes text NOT NULL CHECK (length(scopes) <= 2000),
    client_id text NOT NULL UNIQUE,
    secret_digest bytea NOT NULL,
    automation boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL
);
COMMENT ON TABLE apps IS 'OAuth clients; automation = what it writes is no sign of life (registration.md C1)';

CREATE TABLE tokens (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    digest bytea NOT NULL UNIQUE,
    app_id bigint NOT NULL REFERENCES apps ON DELETE CASCADE,
    user_id bigint REFERENCES users ON DELETE CASCADE,
    scopes text NOT NULL CHECK (length(scopes) <= 2000),
    created_at timestamptz NOT NULL,
    last_used_at timestamptz,
    revoked_at timestamptz
);
COMMENT ON TABLE tokens IS 'OAuth access tokens; user_id NULL = the app itself';
CREATE INDEX tokens_app ON tokens (app_id);
CREATE INDEX tokens_user ON tokens (user_id);

CREATE TABLE oauth_codes (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    digest bytea NOT NULL UNIQUE,
    app_id bigint NOT NULL REFERENCES apps ON DELETE CASCADE,
    user_id bigint NOT NULL REFERENCES users ON DELETE CASCADE,
    redirect_uri text NOT NULL CHECK (length(redirect_uri) <= 2000),
    scopes text NOT NULL CHECK (length(scopes) <= 2000),
    challenge text CHECK (length(challenge) <= 200),
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at timestamptz,
    token_id bigint REFERENCES tokens ON DELETE SET NULL
);
COMMENT ON TABLE oauth_codes IS 'Ten minutes, once; a second use revokes the token of the first';
CREATE INDEX oauth_codes_app ON oauth_codes (app_id);
CREATE INDEX oauth_codes_user ON oauth_codes (user_id);
CREATE INDEX oauth_codes_token ON oauth_codes (token_id);
CREATE INDEX oauth_codes_expires ON oauth_codes (expires_at);

CREATE TABLE one_time_links (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    purpose smallint NOT NULL CHECK (purpose BETWEEN 0 AND 3),
    digest bytea NOT NULL UNIQUE,
    nonce bytea NOT NULL,
    user_id bigint REFERENCES users ON DELETE CASCADE,
    email text CHECK (length(email) <= 254),
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at timestamptz
);
COMMENT ON TABLE one_time_links IS 'purpose 0 confirm address, 1 reset password, 2 first owner, 3 change address. The token is an HMAC of the nonce, made again when the mail is written; only its digest is compared';
CREATE INDEX one_time_links_user ON one_time_links (user_id);
CREATE INDEX one_time_links_expires ON one_time_links (expires_at);

CREATE TABLE idempotency_keys (
    user_id bigint NOT NULL REFERENCES users ON DELETE CASCADE,
    key text NOT NULL CHECK (length(key) <= 255),
    result_id bigint NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (user_id, key)
);
COMMENT ON TABLE idempotency_keys IS 'A repeated POST within an hour finds what the first one made: a status or a draft';
CREATE INDEX idempotency_keys_created ON idempotency_keys (created_at);
