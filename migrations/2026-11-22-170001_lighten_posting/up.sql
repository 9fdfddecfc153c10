-- Each of the two foreign keys cost every post a look-up, a row lock and its log record. Neither
-- says who owns what (D29): keys are swept after a day whoever made them, and conversations
-- are never deleted before their statuses.
ALTER TABLE idempotency_keys DROP CONSTRAINT idempotency_keys_user_id_fkey;
ALTER TABLE statuses DROP CONSTRAINT statuses_conversation_id_fkey;

-- Whether anybody asked to hear of each post, without reading all followers.
CREATE INDEX follows_notify ON follows (target_id) WHERE (flags & 2) <> 0;
