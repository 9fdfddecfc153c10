ALTER TABLE users DROP COLUMN moved_at;
COMMENT ON TABLE account_moves IS 'When an account elsewhere last moved: it cannot move again within 30 days';
