UPDATE statuses SET flags = flags & ~16 WHERE (flags & 16) <> 0;
COMMENT ON COLUMN statuses.flags IS '1 has media, 2 has a poll, 4 has a quote, 8 has a card';
