-- Who of those who live here is known, and what of theirs waits before it goes to strangers.

CREATE TABLE author_standing (
    account_id bigint PRIMARY KEY REFERENCES accounts ON DELETE CASCADE,
    known_here_at timestamptz,
    known_elsewhere_at timestamptz,
    established_at timestamptz,
    word smallint CHECK (word IN (0, 1)),
    word_by bigint REFERENCES users ON DELETE SET NULL,
    word_at timestamptz,
    looked_at timestamptz,
    told_at timestamptz
);
COMMENT ON TABLE author_standing IS 'How well an author of this place is known to it; no row = nothing is';
COMMENT ON COLUMN author_standing.known_here_at IS 'When three established accounts of this place had answered or followed; it stays';
COMMENT ON COLUMN author_standing.known_elsewhere_at IS 'When people on three hosts had answered or followed; it stays';
COMMENT ON COLUMN author_standing.established_at IS 'Since when the account is established; NULL = it is not. Reckoned anew by time';
COMMENT ON COLUMN author_standing.word IS 'What staff said, whatever the facts say: 0 not established, 1 established';
COMMENT ON COLUMN author_standing.looked_at IS 'When staff last let something of theirs go out';
COMMENT ON COLUMN author_standing.told_at IS 'When the author was last told that something waits';
CREATE INDEX author_standing_word_by ON author_standing (word_by) WHERE word_by IS NOT NULL;
CREATE INDEX author_standing_word ON author_standing (word_at) WHERE word IS NOT NULL;

-- Whoever lived here before anybody asked is known.
INSERT INTO author_standing (account_id, known_here_at)
SELECT a.id, a.created_at FROM accounts a JOIN users u ON u.account_id = a.id AND u.approved_at IS NOT NULL;

CREATE TABLE outreach (
    status_id bigint NOT NULL,
    stranger_id bigint NOT NULL,
    link boolean NOT NULL,
    account_id bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
    at timestamptz NOT NULL,
    waits boolean NOT NULL,
    PRIMARY KEY (status_id, stranger_id, link)
);
COMMENT ON TABLE outreach IS 'Which posts of those who are not known, or woke, were for strangers; to count them in a day. No key to the post: deleting one gives nothing back';
COMMENT ON COLUMN outreach.stranger_id IS 'An account that did not follow the author then; no foreign key, it is only counted';
COMMENT ON COLUMN outreach.waits IS 'It was held back, so it used up nothing';
CREATE INDEX outreach_account ON outreach (account_id, at);
CREATE INDEX outreach_at ON outreach (at);

ALTER TABLE outbound_holds
    ADD COLUMN account_id bigint REFERENCES accounts ON DELETE CASCADE,
    ADD COLUMN since timestamptz,
    ADD COLUMN sent boolean NOT NULL DEFAULT false;
UPDATE outbound_holds h SET account_id = s.account_id, since = s.created_at FROM statuses s WHERE s.id = h.status_id;
ALTER TABLE outbound_holds ALTER COLUMN account_id SET NOT NULL, ALTER COLUMN since SET NOT NULL;
COMMENT ON COLUMN outbound_holds.reason IS '0 by hand, 1 probation, 2 probation and a large file, 3 the first week, 4 waking';
COMMENT ON COLUMN outbound_holds.account_id IS 'The author';
COMMENT ON COLUMN outbound_holds.sent IS 'It went out before, and an edit of it waits';
CREATE INDEX outbound_holds_account ON outbound_holds (account_id, status_id);

ALTER TABLE media ADD COLUMN uploaded bigint CHECK (uploaded >= 0);
COMMENT ON COLUMN media.uploaded IS 'Bytes of the file as it came, where it was uploaded here';
