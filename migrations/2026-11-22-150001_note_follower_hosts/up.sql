-- Who follows from elsewhere, so that a post costs what its remote followers cost and no
-- more; and what is left of a follow that ended here until its server was told.

ALTER TABLE follows ADD COLUMN follower_host_id bigint;
COMMENT ON COLUMN follows.follower_host_id IS 'accounts.host_id of account_id, which never changes; NULL = somebody here. Set by a trigger';

UPDATE follows f SET follower_host_id = a.host_id
  FROM accounts a WHERE a.id = f.account_id AND a.host_id IS NOT NULL;

CREATE FUNCTION note_follower_host() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    NEW.follower_host_id := (SELECT a.host_id FROM accounts a WHERE a.id = NEW.account_id);
    RETURN NEW;
END
$$;
COMMENT ON FUNCTION note_follower_host IS 'A forgotten follower_host_id would be a follower who silently hears nothing';
CREATE TRIGGER follows_note_follower_host BEFORE INSERT ON follows
    FOR EACH ROW EXECUTE FUNCTION note_follower_host();

CREATE INDEX follows_remote ON follows (target_id, account_id)
    WHERE follower_host_id IS NOT NULL AND state = 1;
CREATE INDEX follows_remote_host ON follows (follower_host_id, target_id)
    WHERE follower_host_id IS NOT NULL;

CREATE TABLE ended_follows (
    id bigint PRIMARY KEY,
    uri text NOT NULL CHECK (length(uri) <= 2048),
    at timestamptz NOT NULL
);
COMMENT ON TABLE ended_follows IS 'The address of a remote Follow that was refused or ended here, until its Reject is written; id is that of the row in follows, or fresh';
CREATE INDEX ended_follows_at ON ended_follows (at);
