DROP INDEX audit_log_at;
DROP TRIGGER audit_log_deletion ON audit_log;
DROP TRIGGER audit_log_append_only ON audit_log;
CREATE TRIGGER audit_log_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_log
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
DROP FUNCTION refuse_deletion_of_audit;
DROP TABLE audit_checkpoints;
DROP FUNCTION check_audit_checkpoint;
