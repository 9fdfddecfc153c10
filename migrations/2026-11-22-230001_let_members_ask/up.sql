-- Polls of members: when they end, who was told, and polls in drafts.

ALTER TABLE polls
    ADD COLUMN hide_totals boolean NOT NULL DEFAULT false,
    ADD COLUMN changed_at timestamptz,
    ADD COLUMN told_at timestamptz;
COMMENT ON TABLE polls IS 'What a question asks. voters and poll_options.votes: of a poll here the relay''s counts of poll_votes; of one elsewhere what its own server counts, or our people''s votes where those are more';
COMMENT ON COLUMN polls.hide_totals IS 'Nobody sees the numbers of the options before the end';
COMMENT ON COLUMN polls.changed_at IS 'Of a poll here: votes were counted since then that other servers have not heard of';
COMMENT ON COLUMN polls.told_at IS 'When other servers last heard of its numbers';
CREATE INDEX polls_ending ON polls (ends_at) WHERE NOT closed AND ends_at IS NOT NULL;
CREATE INDEX polls_changed ON polls (changed_at) WHERE changed_at IS NOT NULL;

-- What was counted when it was asked is kept from now on.
UPDATE poll_options o SET votes = (SELECT count(*) FROM poll_votes v WHERE v.status_id = o.status_id AND v.position = o.position)
    FROM statuses s JOIN accounts a ON a.id = s.account_id AND a.host_id IS NULL WHERE s.id = o.status_id;
UPDATE polls q SET voters = (SELECT count(DISTINCT v.account_id) FROM poll_votes v WHERE v.status_id = q.status_id)
    FROM statuses s JOIN accounts a ON a.id = s.account_id AND a.host_id IS NULL WHERE s.id = q.status_id;

ALTER TABLE drafts ADD COLUMN poll jsonb;
COMMENT ON COLUMN drafts.poll IS 'What the post will ask: options, expires_in in seconds, multiple, hide_totals';
