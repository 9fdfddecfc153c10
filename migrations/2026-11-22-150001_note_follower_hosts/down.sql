DROP TABLE ended_follows;
DROP TRIGGER follows_note_follower_host ON follows;
DROP FUNCTION note_follower_host;
ALTER TABLE follows DROP COLUMN follower_host_id;
