ALTER TABLE severed_follows DROP COLUMN parted_at, DROP COLUMN follow_id;
DROP INDEX severances_parting;
ALTER TABLE severances DROP COLUMN parted_at, DROP COLUMN parting_at;
