-- The audit log is kept for two years (registration.md C6) and stays a chain that can be checked:
-- a checkpoint keeps the hash of the last line before the cut, and only lines that a checkpoint
-- covers can be deleted. There is no other way to take a line out, and none to change one.

CREATE TABLE audit_checkpoints (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL,
    last_id bigint NOT NULL,
    last_hash bytea NOT NULL
);
COMMENT ON TABLE audit_checkpoints IS 'Where the audit log was cut: append-only; the next line has last_hash as its previous_hash';
COMMENT ON COLUMN audit_checkpoints.last_id IS 'The last line that may go; it was two years old at that time';

CREATE FUNCTION check_audit_checkpoint() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM audit_log l WHERE l.id = NEW.last_id AND l.hash = NEW.last_hash
                   AND l.at <= NEW.at - interval '2 years') THEN
        RAISE EXCEPTION 'a checkpoint covers a line of two years and more';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER audit_checkpoints_true BEFORE INSERT ON audit_checkpoints
    FOR EACH ROW EXECUTE FUNCTION check_audit_checkpoint();
CREATE TRIGGER audit_checkpoints_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_checkpoints
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE FUNCTION refuse_deletion_of_audit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM audit_checkpoints c WHERE c.last_id >= OLD.id
               AND OLD.at <= c.at - interval '2 years') THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'audit_log is append-only';
END $$;
DROP TRIGGER audit_log_append_only ON audit_log;
CREATE TRIGGER audit_log_append_only BEFORE UPDATE OR TRUNCATE ON audit_log
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_log_deletion BEFORE DELETE ON audit_log
    FOR EACH ROW EXECUTE FUNCTION refuse_deletion_of_audit();
CREATE INDEX audit_log_at ON audit_log (at);
