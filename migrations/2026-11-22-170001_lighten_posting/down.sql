DROP INDEX follows_notify;
DELETE FROM idempotency_keys k WHERE NOT EXISTS (SELECT 1 FROM users u WHERE u.id = k.user_id);
ALTER TABLE idempotency_keys ADD CONSTRAINT idempotency_keys_user_id_fkey
    FOREIGN KEY (user_id) REFERENCES users ON DELETE CASCADE;
UPDATE statuses s SET conversation_id = NULL WHERE conversation_id IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM conversations c WHERE c.id = s.conversation_id);
ALTER TABLE statuses ADD CONSTRAINT statuses_conversation_id_fkey
    FOREIGN KEY (conversation_id) REFERENCES conversations ON DELETE SET NULL;
