DROP INDEX applications_language;
DROP INDEX applications_unread;
