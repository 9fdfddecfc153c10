-- Hashtags that members follow: public posts that carry one enter their home.

CREATE TABLE tag_follows (
    account_id bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
    tag_id bigint NOT NULL REFERENCES tags ON DELETE CASCADE,
    id bigint NOT NULL UNIQUE,
    PRIMARY KEY (account_id, tag_id)
);
COMMENT ON TABLE tag_follows IS 'Hashtags that members follow; id pages the list, newest first';
CREATE INDEX tag_follows_tag ON tag_follows (tag_id);
