ALTER TABLE media DROP COLUMN uploaded;
ALTER TABLE outbound_holds DROP COLUMN sent, DROP COLUMN since, DROP COLUMN account_id;
COMMENT ON COLUMN outbound_holds.reason IS NULL;
DROP TABLE outreach;
DROP TABLE author_standing;
