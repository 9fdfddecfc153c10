-- Accounts, split by who writes (D4); users; names (D6).

CREATE TABLE hosts (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    domain text NOT NULL UNIQUE CHECK (length(domain) BETWEEN 1 AND 253),
    software text CHECK (length(software) <= 100),
    version text CHECK (length(version) <= 200),
    health smallint NOT NULL DEFAULT 0 CHECK (health BETWEEN 0 AND 3),
    flags integer NOT NULL DEFAULT 0,
    first_seen_at timestamptz NOT NULL,
    last_seen_at timestamptz
);
COMMENT ON TABLE hosts IS 'Other servers; all per-host state hangs on id (D18). domain is canonical: lower-case punycode without a dot at the end';

CREATE TABLE accounts (
    id bigint PRIMARY KEY,
    host_id bigint REFERENCES hosts,
    username text NOT NULL CHECK (length(username) BETWEEN 1 AND 200),
    handle_domain text CHECK (length(handle_domain) <= 253),
    uri text CHECK (length(uri) <= 2048),
    uri_hash uuid UNIQUE,
    url text CHECK (length(url) <= 2048),
    display_name text NOT NULL DEFAULT '' CHECK (length(display_name) <= 500),
    note_html text NOT NULL DEFAULT '' CHECK (length(note_html) <= 40000),
    note_source text CHECK (length(note_source) <= 5000),
    fields jsonb NOT NULL DEFAULT '[]',
    kind smallint NOT NULL DEFAULT 0 CHECK (kind BETWEEN 0 AND 4),
    locked boolean NOT NULL DEFAULT false,
    discoverable boolean NOT NULL DEFAULT false,
    indexable boolean NOT NULL DEFAULT false,
    hide_collections boolean NOT NULL DEFAULT false,
    avatar_path text CHECK (length(avatar_path) <= 200),
    header_path text CHECK (length(header_path) <= 200),
    avatar_remote_url text CHECK (length(avatar_remote_url) <= 2048),
    header_remote_url text CHECK (length(header_remote_url) <= 2048),
    avatar_description text NOT NULL DEFAULT '' CHECK (length(avatar_description) <= 1500),
    header_description text NOT NULL DEFAULT '' CHECK (length(header_description) <= 1500),
    also_known_as text[] NOT NULL DEFAULT '{}' CHECK (cardinality(also_known_as) <= 100),
    moved_to_id bigint REFERENCES accounts ON DELETE SET NULL,
    flags integer NOT NULL DEFAULT 0,
    version integer NOT NULL DEFAULT 1,
    sanitiser_version smallint NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    fetched_at timestamptz,
    CHECK ((host_id IS NULL) = (handle_domain IS NULL)),
    CHECK ((uri IS NULL) = (uri_hash IS NULL)),
    CHECK (host_id IS NULL OR uri IS NOT NULL)
);
COMMENT ON TABLE accounts IS 'Actors, local (host_id NULL) and remote. A pending user has no row here (D5)';
COMMENT ON COLUMN accounts.uri IS 'NULL on local rows: derived from the id (D2)';
COMMENT ON COLUMN accounts.uri_hash IS 'First 16 bytes of SHA-256 of uri (D3)';
COMMENT ON COLUMN accounts.flags IS 'Union of the restraints in force (D15): 1 limited, 2 suspended, 4 probation, 8 frozen invites';
COMMENT ON COLUMN accounts.version IS 'Bumped by every change that shows; part of the cache key';
CREATE UNIQUE INDEX accounts_handle ON accounts (lower(username), coalesce(host_id, 0));
CREATE INDEX accounts_host ON accounts (host_id);
CREATE INDEX accounts_moved_to ON accounts (moved_to_id);
CREATE INDEX accounts_local_directory ON accounts (id) WHERE host_id IS NULL;

CREATE TABLE account_stats (
    account_id bigint PRIMARY KEY REFERENCES accounts ON DELETE CASCADE,
    statuses_count bigint NOT NULL DEFAULT 0,
    following_count bigint NOT NULL DEFAULT 0,
    followers_count bigint NOT NULL DEFAULT 0,
    last_status_at timestamptz,
    remote_statuses_count bigint NOT NULL DEFAULT 0,
    remote_following_count bigint NOT NULL DEFAULT 0,
    remote_followers_count bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 70);
COMMENT ON TABLE account_stats IS 'Counters, written by the relay alone (D12); remote totals apart, the greater is shown';

CREATE TABLE actor_endpoints (
    account_id bigint PRIMARY KEY REFERENCES accounts ON DELETE CASCADE,
    inbox text NOT NULL CHECK (length(inbox) <= 2048),
    shared_inbox text CHECK (length(shared_inbox) <= 2048),
    outbox text CHECK (length(outbox) <= 2048),
    followers text CHECK (length(followers) <= 2048),
    following text CHECK (length(following) <= 2048),
    featured text CHECK (length(featured) <= 2048)
);
COMMENT ON TABLE actor_endpoints IS 'Where a remote actor is reached';

CREATE TABLE actor_keys (
    account_id bigint PRIMARY KEY REFERENCES accounts ON DELETE CASCADE,
    key_uri text CHECK (length(key_uri) <= 2048),
    public_key_pem text NOT NULL CHECK (length(public_key_pem) <= 4096),
    private_key bytea,
    created_at timestamptz NOT NULL,
    fetched_at timestamptz
);
COMMENT ON TABLE actor_keys IS 'Signature keys: SubjectPublicKeyInfo in PEM, and PKCS#8 DER of local actors; made at approval, not before';

CREATE TABLE users (
    id bigint PRIMARY KEY,
    account_id bigint NOT NULL UNIQUE,
    username text NOT NULL CHECK (username ~ '^[a-z0-9_]{1,30}$'),
    email text CHECK (length(email) <= 254),
    email_canonical text UNIQUE CHECK (length(email_canonical) <= 254),
    email_confirmed_at timestamptz,
    password_hash text CHECK (length(password_hash) <= 300),
    role smallint NOT NULL DEFAULT 0 CHECK (role BETWEEN 0 AND 4),
    role_since timestamptz NOT NULL,
    deputy boolean NOT NULL DEFAULT false,
    approved_at timestamptz,
    disabled_at timestamptz,
    locale text NOT NULL DEFAULT 'en' CHECK (length(locale) <= 35),
    time_zone text CHECK (length(time_zone) <= 64),
    settings jsonb NOT NULL DEFAULT '{}',
    welcomed_at timestamptz,
    created_at timestamptz NOT NULL,
    password_changed_at timestamptz
);
COMMENT ON TABLE users IS 'The login behind a local account, from the application on';
COMMENT ON COLUMN users.account_id IS 'Reserved when applying; the accounts row under it exists once approved_at is set (D5), so there is no foreign key';
COMMENT ON COLUMN users.email_canonical IS 'For finding doubles: lower-case, without tag and ignored dots';
CREATE INDEX users_staff ON users (role) WHERE role > 0;

CREATE TABLE names (
    canonical text PRIMARY KEY CHECK (length(canonical) <= 200),
    holder bigint,
    state smallint NOT NULL CHECK (state BETWEEN 0 AND 3),
    until timestamptz,
    created_at timestamptz NOT NULL
);
COMMENT ON TABLE names IS 'The only judge of who may be called what (D6): 0 reserved, 1 pending, 2 account, 3 gone. A row with until in the past is free again';
COMMENT ON COLUMN names.holder IS 'users.id; no foreign key, the name outlives the user';
