DROP INDEX actor_keys_uri;
ALTER TABLE statuses DROP COLUMN emojis;
ALTER TABLE accounts DROP COLUMN emojis;
