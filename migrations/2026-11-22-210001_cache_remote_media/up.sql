-- What other servers' media look like here: files that were fetched because somebody looked,
-- kept while there is room. The rows of what they show (media, accounts) hold the originals' URLs.

CREATE TABLE cached_media (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind smallint NOT NULL CHECK (kind BETWEEN 0 AND 3),
    source_id bigint NOT NULL,
    url_hash uuid NOT NULL,
    host_id bigint NOT NULL REFERENCES hosts,
    state smallint NOT NULL CHECK (state BETWEEN 0 AND 3),
    path text CHECK (length(path) <= 200),
    preview_path text CHECK (length(preview_path) <= 200),
    bytes bigint NOT NULL DEFAULT 0 CHECK (bytes >= 0),
    fails smallint NOT NULL DEFAULT 0,
    holder uuid,
    until timestamptz,
    last_used_on date NOT NULL,
    fetched_at timestamptz,
    UNIQUE (kind, source_id, url_hash),
    CHECK ((state IN (0, 2)) = (until IS NOT NULL))
) WITH (fillfactor = 80);
COMMENT ON TABLE cached_media IS 'Files of other servers: kind 0 attachment 1 avatar 2 header 3 emoji; state 0 being fetched 1 here 2 failed 3 going (its files are removed, then the row)';
COMMENT ON COLUMN cached_media.source_id IS 'media.id; of avatars and headers accounts.id; of emoji hosts.id. No foreign key: a row whose source is gone goes by itself';
COMMENT ON COLUMN cached_media.url_hash IS 'First 16 bytes of SHA-256 of the original''s URL: a new URL is another file';
COMMENT ON COLUMN cached_media.host_id IS 'The server whose people show it; the file may lie on yet another one';
COMMENT ON COLUMN cached_media.path IS 'Written here before the file is, so that no file lies anywhere unknown';
COMMENT ON COLUMN cached_media.bytes IS 'Of all its files together; counts towards media.remote_cache_bytes';
COMMENT ON COLUMN cached_media.holder IS 'Which fetch is at it, while state is 0';
COMMENT ON COLUMN cached_media.until IS 'Being fetched: when the fetch is held for lost. Failed: when it may be tried again';
COMMENT ON COLUMN cached_media.last_used_on IS 'The day somebody last looked at it; the longest unused goes first';
CREATE INDEX cached_media_use ON cached_media (state, last_used_on, id);
CREATE INDEX cached_media_host ON cached_media (host_id);

COMMENT ON COLUMN media.last_used_on IS 'Local: the day it was first seen without a status; NULL while one has it. Of remote ones cached_media says when they were used';
CREATE INDEX media_loose_remote ON media (id) WHERE status_id IS NULL AND remote_url IS NOT NULL;
