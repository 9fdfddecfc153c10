COMMENT ON COLUMN notification_requests.notifications_count IS NULL;
ALTER TABLE hosts DROP COLUMN flooding_until;
DROP TABLE notification_permissions;
DROP TABLE notification_policies;
