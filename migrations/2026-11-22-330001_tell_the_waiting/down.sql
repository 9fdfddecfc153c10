DROP TRIGGER applications_keep_shown ON applications;
DROP FUNCTION keep_shown();
ALTER TABLE applications DROP COLUMN reminded_at, DROP COLUMN shown;
