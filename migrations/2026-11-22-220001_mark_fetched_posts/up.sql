-- What was fetched because somebody looked is not news to those who follow its author.
COMMENT ON COLUMN statuses.flags IS '1 has media, 2 has a poll, 4 has a quote, 8 has a card, 16 was fetched and not sent to us: enters no home feed';
