-- To whom the place goes when nobody comes back: the offer, the letter, the notice.

CREATE TABLE heirs (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id bigint REFERENCES users ON DELETE SET NULL,
    offered_by bigint REFERENCES users ON DELETE SET NULL,
    offered_at timestamptz NOT NULL,
    accepted_at timestamptz,
    letter bytea CHECK (octet_length(letter) = 32),
    tries smallint NOT NULL DEFAULT 0,
    tried_from timestamptz,
    ended_at timestamptz,
    ending smallint CHECK (ending BETWEEN 0 AND 6),
    CHECK (letter IS NULL OR (accepted_at IS NOT NULL AND ended_at IS NULL)),
    CHECK ((ended_at IS NULL) = (ending IS NULL))
);
COMMENT ON TABLE heirs IS 'Whom an owner offered to be the heir, and what became of it; one open at most, shown nowhere but to owners and to them before a notice begins (registration.md C1)';
COMMENT ON COLUMN heirs.letter IS 'SHA-256 of the 32 bytes in the sealed letter; gone when it is void';
COMMENT ON COLUMN heirs.tries IS 'Wrong codes within the day that began at tried_from';
COMMENT ON COLUMN heirs.ending IS 'domain::heir::HeirEnding';
CREATE UNIQUE INDEX heirs_open ON heirs ((true)) WHERE ended_at IS NULL;
CREATE INDEX heirs_user ON heirs (user_id) WHERE user_id IS NOT NULL;
CREATE INDEX heirs_offered_by ON heirs (offered_by) WHERE offered_by IS NOT NULL;

CREATE TABLE heir_notices (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    heir_id bigint NOT NULL REFERENCES heirs ON DELETE CASCADE,
    episode_id bigint NOT NULL REFERENCES episodes ON DELETE CASCADE,
    begun_at timestamptz NOT NULL,
    until timestamptz NOT NULL CHECK (until > begun_at),
    uptime_millis bigint NOT NULL DEFAULT 0,
    ended_at timestamptz,
    ending smallint CHECK (ending BETWEEN 0 AND 3),
    CHECK ((ended_at IS NULL) = (ending IS NULL))
);
COMMENT ON TABLE heir_notices IS 'An heir opened the letter: what everybody was told, and how it ended; one open at most';
COMMENT ON COLUMN heir_notices.until IS 'When the heir becomes owner, at the earliest';
COMMENT ON COLUMN heir_notices.uptime_millis IS 'How long the server was up since then, as the ticks count it';
COMMENT ON COLUMN heir_notices.ending IS 'domain::heir::NoticeEnding';
CREATE UNIQUE INDEX heir_notices_open ON heir_notices ((true)) WHERE ended_at IS NULL;
CREATE INDEX heir_notices_heir ON heir_notices (heir_id);
CREATE INDEX heir_notices_episode ON heir_notices (episode_id);

CREATE TABLE heir_letters (
    notice_id bigint NOT NULL REFERENCES heir_notices ON DELETE CASCADE,
    user_id bigint NOT NULL REFERENCES users ON DELETE CASCADE,
    PRIMARY KEY (notice_id, user_id)
);
COMMENT ON TABLE heir_letters IS 'Who was told of a notice, once each';
CREATE INDEX heir_letters_user ON heir_letters (user_id);
