UPDATE webhooks SET events = events & ~16;
COMMENT ON COLUMN webhooks.events IS 'Bits: 1 application received, 2 decided, 4 door changed, 8 report made';
ALTER TABLE switch_state DROP COLUMN off_from, DROP COLUMN off_until;
DROP TABLE check_in_links, switch_notices;
