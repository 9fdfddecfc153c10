-- Who was told what of the dead-man switch, and the mailed links that say "I'm here".

CREATE TABLE switch_notices (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    episode_id bigint NOT NULL REFERENCES episodes ON DELETE CASCADE,
    notice smallint NOT NULL CHECK (notice BETWEEN 1 AND 5),
    channel smallint NOT NULL CHECK (channel BETWEEN 0 AND 3),
    recipient bigint NOT NULL,
    moved_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL,
    begun_at timestamptz,
    sent_at timestamptz,
    status_id bigint REFERENCES statuses ON DELETE SET NULL,
    UNIQUE (episode_id, notice, channel, recipient)
);
COMMENT ON TABLE switch_notices IS 'What is told of the dead-man switch: one row a recipient, so that nobody is told twice whatever dies meanwhile';
COMMENT ON COLUMN switch_notices.notice IS '1 first warning, 2 second warning, 3 guarded, 4 sealed, 5 over';
COMMENT ON COLUMN switch_notices.channel IS '0 mail, 1 mail to the contact address, 2 post by the server, 3 webhook';
COMMENT ON COLUMN switch_notices.recipient IS 'users.id, webhooks.id, or 0 for the contact address; no foreign key, what was told stays told';
COMMENT ON COLUMN switch_notices.moved_at IS 'When the switch moved';
COMMENT ON COLUMN switch_notices.begun_at IS 'Set before anything leaves, unset by a failure that is known: one that died in between is not sent again';
COMMENT ON COLUMN switch_notices.status_id IS 'The direct post; to favourite or answer it is a check-in';
CREATE UNIQUE INDEX switch_notices_status ON switch_notices (status_id) WHERE status_id IS NOT NULL;

CREATE TABLE check_in_links (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    digest bytea NOT NULL UNIQUE CHECK (length(digest) = 32),
    user_id bigint NOT NULL REFERENCES users ON DELETE CASCADE,
    episode_id bigint NOT NULL REFERENCES episodes ON DELETE CASCADE,
    stage smallint NOT NULL CHECK (stage BETWEEN 1 AND 4),
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at timestamptz,
    signed_in boolean NOT NULL DEFAULT false
);
COMMENT ON TABLE check_in_links IS 'Mailed links that check somebody in; of the token only its SHA-256 is kept';
COMMENT ON COLUMN check_in_links.used_at IS 'Equal to the sign of life that it gave';
COMMENT ON COLUMN check_in_links.signed_in IS 'Whoever used it was signed in as well; without that it goes twice running at the most';
CREATE INDEX check_in_links_user ON check_in_links (user_id, used_at);
CREATE INDEX check_in_links_episode ON check_in_links (episode_id);

ALTER TABLE switch_state ADD COLUMN off_from timestamptz, ADD COLUMN off_until timestamptz;
COMMENT ON COLUMN switch_state.off_from IS 'The last time that nothing ticked for two hours or more: from when to when the server was off';

-- Who hears of the door's changes hears why it will change.
UPDATE webhooks SET events = events | 16 WHERE events & 4 <> 0;
COMMENT ON COLUMN webhooks.events IS 'Bits: 1 application received, 2 decided, 4 door changed, 8 report made, 16 the dead-man switch';
