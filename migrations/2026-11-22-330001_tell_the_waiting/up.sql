-- What an applicant is told, where that is not all there is to tell.

ALTER TABLE applications
    ADD COLUMN shown smallint CHECK (shown BETWEEN 0 AND 2),
    ADD COLUMN reminded_at timestamptz;
COMMENT ON COLUMN applications.shown IS 'After a silent no: the state that the applicant goes on seeing, which is the one before it';
COMMENT ON COLUMN applications.reminded_at IS 'When the applicant was told that nobody decided for a long time';

-- Whoever writes the decision, one or five hundred at once, the state before it is kept.
CREATE FUNCTION keep_shown() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.shown := OLD.state;
    RETURN NEW;
END $$;
CREATE TRIGGER applications_keep_shown BEFORE UPDATE ON applications
    FOR EACH ROW WHEN (NEW.state = 4 AND NOT NEW.told AND OLD.state IN (0, 1, 2))
    EXECUTE FUNCTION keep_shown();
