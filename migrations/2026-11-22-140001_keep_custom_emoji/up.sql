-- Custom emoji that names and posts from elsewhere use, as they came with them: a picture
-- belongs to the text it stands in, so nothing needs to be joined or cleaned up.

ALTER TABLE accounts ADD COLUMN emojis jsonb;
COMMENT ON COLUMN accounts.emojis IS 'Custom emoji in name, bio and fields: [{"shortcode", "url"}], at most 100; NULL = none';

ALTER TABLE statuses ADD COLUMN emojis jsonb;
COMMENT ON COLUMN statuses.emojis IS 'Custom emoji in text, warning and options: [{"shortcode", "url"}], at most 100; NULL = none';

CREATE INDEX actor_keys_uri ON actor_keys (key_uri) WHERE key_uri IS NOT NULL;
