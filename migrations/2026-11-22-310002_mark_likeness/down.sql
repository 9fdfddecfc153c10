DELETE FROM decision_memory WHERE kind = 2;
ALTER TABLE decision_memory DROP CONSTRAINT decision_memory_kind_check;
ALTER TABLE decision_memory ADD CONSTRAINT decision_memory_kind_check CHECK (kind BETWEEN 0 AND 1);
COMMENT ON TABLE decision_memory IS 'Keyed hashes (0 address, 1 network) of those refused, 90 days: a second try is shown as one (D26)';
DROP TABLE answer_marks;
DROP TABLE application_traits;
