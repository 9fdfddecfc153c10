-- Statuses: only live, published rows (D8), and what hangs on them.

CREATE TABLE conversations (
    id bigint PRIMARY KEY,
    uri_hash uuid UNIQUE,
    merged_into bigint REFERENCES conversations ON DELETE SET NULL
);
COMMENT ON TABLE conversations IS 'For mutes and direct mail; the id is that of its first status here (D11)';
CREATE INDEX conversations_merged_into ON conversations (merged_into);

CREATE TABLE statuses (
    id bigint PRIMARY KEY,
    account_id bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
    uri text CHECK (length(uri) <= 2048),
    uri_hash uuid UNIQUE,
    url text CHECK (length(url) <= 2048),
    kind smallint NOT NULL DEFAULT 0,
    reblog_of_id bigint REFERENCES statuses ON DELETE CASCADE,
    in_reply_to_id bigint REFERENCES statuses ON DELETE SET NULL,
    in_reply_to_account_id bigint REFERENCES accounts ON DELETE SET NULL,
    in_reply_to_uri_hash uuid,
    conversation_id bigint REFERENCES conversations ON DELETE SET NULL,
    visibility smallint NOT NULL CHECK (visibility BETWEEN 0 AND 3),
    local_only boolean NOT NULL DEFAULT false,
    sensitive boolean NOT NULL DEFAULT false,
    spoiler_text text NOT NULL DEFAULT '' CHECK (length(spoiler_text) <= 20000),
    html text NOT NULL DEFAULT '' CHECK (length(html) <= 500000),
    source text CHECK (length(source) <= 50000),
    length integer NOT NULL DEFAULT 0,
    language text CHECK (length(language) <= 35),
    content_map jsonb,
    sanitiser_version smallint NOT NULL DEFAULT 0,
    version integer NOT NULL DEFAULT 1,
    app_id bigint,
    interaction_policy smallint NOT NULL DEFAULT 0,
    flags integer NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL,
    edited_at timestamptz,
    CHECK ((uri IS NULL) OR (uri_hash IS NOT NULL))
);
COMMENT ON TABLE statuses IS 'Live, published posts; boosts are thin rows with reblog_of_id. Drafts are elsewhere (D7)';
COMMENT ON COLUMN statuses.uri IS 'NULL on local rows: derived from the id (D2)';
COMMENT ON COLUMN statuses.in_reply_to_uri_hash IS 'The parent of an orphan, so that it joins when the parent comes (D11)';
COMMENT ON COLUMN statuses.version IS 'Bumped by every change that shows; part of the cache key';
COMMENT ON COLUMN statuses.flags IS '1 has media, 2 has a poll, 4 has a quote, 8 has a card';
COMMENT ON COLUMN statuses.app_id IS 'The app it was posted with; no foreign key, apps come and go';
CREATE UNIQUE INDEX statuses_one_boost ON statuses (account_id, reblog_of_id) WHERE reblog_of_id IS NOT NULL;
CREATE INDEX statuses_reblog_of ON statuses (reblog_of_id, id) WHERE reblog_of_id IS NOT NULL;
CREATE INDEX statuses_account ON statuses (account_id, id) INCLUDE (visibility);
CREATE INDEX statuses_in_reply_to ON statuses (in_reply_to_id, id) WHERE in_reply_to_id IS NOT NULL;
CREATE INDEX statuses_in_reply_to_account ON statuses (in_reply_to_account_id) WHERE in_reply_to_account_id IS NOT NULL;
CREATE INDEX statuses_orphans ON statuses (in_reply_to_uri_hash) WHERE in_reply_to_uri_hash IS NOT NULL;
CREATE INDEX statuses_conversation ON statuses (conversation_id);
CREATE INDEX statuses_public ON statuses (id) WHERE visibility = 0 AND reblog_of_id IS NULL;
CREATE INDEX statuses_public_local ON statuses (id) WHERE visibility = 0 AND reblog_of_id IS NULL AND uri IS NULL;

CREATE TABLE status_stats (
    status_id bigint PRIMARY KEY REFERENCES statuses ON DELETE CASCADE,
    replies_count bigint NOT NULL DEFAULT 0,
    reblogs_count bigint NOT NULL DEFAULT 0,
    favourites_count bigint NOT NULL DEFAULT 0,
    remote_reblogs_count bigint NOT NULL DEFAULT 0,
    remote_favourites_count bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 70);
COMMENT ON TABLE status_stats IS 'Counters, written by the relay alone (D12); no row = all zero';

CREATE TABLE status_edits (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    status_id bigint NOT NULL REFERENCES statuses ON DELETE CASCADE,
    snapshot jsonb NOT NULL,
    created_at timestamptz NOT NULL
);
COMMENT ON TABLE status_edits IS 'Full snapshots of earlier versions (D8)';
CREATE INDEX status_edits_status ON status_edits (status_id, id);

CREATE TABLE status_audience (
    status_id bigint NOT NULL REFERENCES statuses ON DELETE CASCADE,
    account_id bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
    mentioned boolean NOT NULL,
    PRIMARY KEY (status_id, account_id)
);
COMMENT ON TABLE status_audience IS 'Who a status is also for (D9); mentioned = by name in the text';
CREATE INDEX status_audience_account ON status_audience (account_id, status_id);

CREATE TABLE tags (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL UNIQUE CHECK (length(name) BETWEEN 1 AND 200),
    display text NOT NULL CHECK (length(display) BETWEEN 1 AND 200),
    flags integer NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL
);
COMMENT ON TABLE tags IS 'Hashtags: name is normalised, display the case first seen';
CREATE INDEX tags_prefix ON tags (name text_pattern_ops);

CREATE TABLE status_tags (
    status_id bigint NOT NULL REFERENCES statuses ON DELETE CASCADE,
    tag_id bigint NOT NULL REFERENCES tags ON DELETE CASCADE,
    PRIMARY KEY (tag_id, status_id)
);
COMMENT ON TABLE status_tags IS 'Which status carries which hashtag';
CREATE INDEX status_tags_status ON status_tags (status_id);

CREATE TABLE reactions (
    status_id bigint NOT NULL REFERENCES statuses ON DELETE CASCADE,
    account_id bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
    emoji text NOT NULL DEFAULT '' CHECK (length(emoji) <= 200),
    id bigint NOT NULL UNIQUE,
    uri text CHECK (length(uri) <= 2048),
    created_at timestamptz NOT NULL,
    PRIMARY KEY (status_id, account_id, emoji)
);
COMMENT ON TABLE reactions IS 'emoji '''' = favourite (D13)';
CREATE INDEX reactions_account ON reactions (account_id, id);

CREATE TABLE bookmarks (
    account_id bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
    status_id bigint NOT NULL REFERENCES statuses ON DELETE CASCADE,
    id bigint NOT NULL UNIQUE,
    PRIMARY KEY (account_id, status_id)
);
COMMENT ON TABLE bookmarks IS 'Private to their owner; id pages the list';
CREATE INDEX bookmarks_page ON bookmarks (account_id, id);
CREATE INDEX bookmarks_status ON bookmarks (status_id);

CREATE TABLE pins (
    account_id bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
    status_id bigint NOT NULL REFERENCES statuses ON DELETE CASCADE,
    id bigint NOT NULL UNIQUE,
    PRIMARY KEY (account_id, status_id)
);
COMMENT ON TABLE pins IS 'Posts an account keeps on top of its profile';
CREATE INDEX pins_status ON pins (status_id);

CREATE TABLE conversation_mutes (
    account_id bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
    conversation_id bigint NOT NULL REFERENCES conversations ON DELETE CASCADE,
    PRIMARY KEY (account_id, conversation_id)
);
COMMENT ON TABLE conversation_mutes IS 'Threads somebody wants no notifications from';
CREATE INDEX conversation_mutes_conversation ON conversation_mutes (conversation_id);

CREATE TABLE quotes (
    status_id bigint PRIMARY KEY REFERENCES statuses ON DELETE CASCADE,
    quoted_id bigint REFERENCES statuses ON DELETE SET NULL,
    quoted_uri text CHECK (length(quoted_uri) <= 2048),
    state smallint NOT NULL,
    approval_uri text CHECK (length(approval_uri) <= 2048)
);
COMMENT ON TABLE quotes IS 'Which status quotes which, and whether its author agreed (D22)';
CREATE INDEX quotes_quoted ON quotes (quoted_id, status_id);

CREATE TABLE media (
    id bigint PRIMARY KEY,
    account_id bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
    status_id bigint REFERENCES statuses ON DELETE SET NULL,
    position smallint NOT NULL DEFAULT 0,
    kind smallint NOT NULL CHECK (kind BETWEEN 0 AND 4),
    state smallint NOT NULL CHECK (state BETWEEN 0 AND 3),
    path text CHECK (length(path) <= 200),
    preview_path text CHECK (length(preview_path) <= 200),
    remote_url text CHECK (length(remote_url) <= 2048),
    mime text CHECK (length(mime) <= 100),
    size bigint,
    width integer,
    height integer,
    duration real,
    blurhash text CHECK (length(blurhash) <= 100),
    focus_x real,
    focus_y real,
    description text NOT NULL DEFAULT '' CHECK (length(description) <= 10000),
    sha256 bytea,
    perceptual_hash bigint,
    last_used_on date,
    created_at timestamptz NOT NULL
);
COMMENT ON TABLE media IS 'Attachments: kind 0 image 1 gifv 2 video 3 audio 4 unknown; state 0 waiting 1 ready 2 failed 3 remote. Paths are random, never by id (D19)';
CREATE INDEX media_status ON media (status_id, position) WHERE status_id IS NOT NULL;
CREATE INDEX media_account ON media (account_id, id);
CREATE INDEX media_sha256 ON media (sha256) WHERE sha256 IS NOT NULL;

CREATE TABLE status_search (
    status_id bigint PRIMARY KEY REFERENCES statuses ON DELETE CASCADE,
    account_id bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
    searchable_by smallint NOT NULL,
    tsv tsvector NOT NULL
);
COMMENT ON TABLE status_search IS 'Only rows that somebody may find (D23)';
CREATE INDEX status_search_account ON status_search (account_id);
CREATE INDEX status_search_tsv ON status_search USING gin (tsv);

CREATE TABLE tombstones (
    uri_hash uuid PRIMARY KEY,
    kind smallint NOT NULL,
    actor_id bigint NOT NULL,
    subject_id bigint NOT NULL,
    audience jsonb NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL,
    until timestamptz
);
COMMENT ON TABLE tombstones IS 'What is gone and must not come back (D16); audience is kept until its Delete is delivered';
CREATE INDEX tombstones_subject ON tombstones (subject_id);
CREATE INDEX tombstones_until ON tombstones (until) WHERE until IS NOT NULL;

CREATE TABLE graveyard (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind smallint NOT NULL,
    subject_id bigint NOT NULL,
    actor_id bigint NOT NULL,
    document jsonb NOT NULL,
    deleted_by bigint,
    deleted_at timestamptz NOT NULL,
    until timestamptz NOT NULL
);
COMMENT ON TABLE graveyard IS 'Deleted content for 30 days, for staff only (D16)';
CREATE INDEX graveyard_subject ON graveyard (subject_id);
CREATE INDEX graveyard_until ON graveyard (until);

CREATE TABLE held_activities (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    uri_hash uuid NOT NULL UNIQUE,
    host_id bigint NOT NULL REFERENCES hosts ON DELETE CASCADE,
    actor_uri text NOT NULL CHECK (length(actor_uri) <= 2048),
    document text NOT NULL,
    reason smallint NOT NULL,
    received_at timestamptz NOT NULL,
    until timestamptz
);
COMMENT ON TABLE held_activities IS 'Inbound and held: the raw document, nothing is materialised; release = receive again (D14)';
CREATE INDEX held_activities_host ON held_activities (host_id, id);

CREATE TABLE outbound_holds (
    status_id bigint PRIMARY KEY REFERENCES statuses ON DELETE CASCADE,
    reason smallint NOT NULL,
    until timestamptz
);
COMMENT ON TABLE outbound_holds IS 'Live here, but its deliveries wait (D14)';
