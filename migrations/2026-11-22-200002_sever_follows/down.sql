DELETE FROM notifications WHERE severance_id IS NOT NULL;
DROP INDEX notifications_once;
CREATE UNIQUE INDEX notifications_once ON notifications (account_id, kind, from_account_id, coalesce(status_id, 0));
ALTER TABLE notifications DROP COLUMN severance_id;
ALTER TABLE host_sweeps DROP COLUMN severance_id;
DROP TABLE severed_follows;
DROP TABLE severances;
