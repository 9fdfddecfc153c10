ALTER TABLE drafts DROP COLUMN poll;
ALTER TABLE polls DROP COLUMN hide_totals, DROP COLUMN changed_at, DROP COLUMN told_at;
COMMENT ON TABLE polls IS 'What a question asks. voters and poll_options.votes are what its own server counts; ours are in poll_votes, the greater is shown';
