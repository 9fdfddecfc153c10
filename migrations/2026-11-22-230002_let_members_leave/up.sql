-- Members who moved to another server: the login stays, but posts nothing.
ALTER TABLE users ADD COLUMN moved_at timestamptz;
COMMENT ON COLUMN users.moved_at IS 'Since when the account has moved elsewhere: it posts nothing until that is taken back';
COMMENT ON TABLE account_moves IS 'When an account last moved, here or elsewhere: it cannot move to a third one within 30 days';
