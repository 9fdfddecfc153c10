-- Invites: codes that members give away, and who came by whom.

CREATE TABLE invites (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    code text NOT NULL UNIQUE CHECK (code ~ '^[A-Z2-9]{12}$'),
    user_id bigint NOT NULL REFERENCES users ON DELETE CASCADE,
    uses integer NOT NULL CHECK (uses BETWEEN 1 AND 500),
    used integer NOT NULL DEFAULT 0 CHECK (used BETWEEN 0 AND uses),
    note text NOT NULL DEFAULT '' CHECK (length(note) <= 200),
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL CHECK (expires_at > created_at),
    revoked_at timestamptz
);
COMMENT ON TABLE invites IS 'Codes that members give away; alive while neither expired, used up nor revoked, and while their maker lives here in good standing';
COMMENT ON COLUMN invites.code IS 'In plain, because its maker reads it aloud: 60 random bits';
COMMENT ON COLUMN invites.used IS 'Applications made with it that were not given back (never confirmed, or withdrawn)';
COMMENT ON COLUMN invites.note IS 'A note of the maker for themselves; shown to nobody else';
CREATE INDEX invites_user ON invites (user_id, id);
CREATE INDEX invites_expires ON invites (expires_at);

CREATE TABLE invite_allowances (
    user_id bigint PRIMARY KEY REFERENCES users ON DELETE CASCADE,
    live integer NOT NULL CHECK (live BETWEEN 0 AND 100),
    uses integer NOT NULL CHECK (uses BETWEEN 1 AND 500),
    updated_at timestamptz NOT NULL
);
COMMENT ON TABLE invite_allowances IS 'What one person may invite, where an admin said otherwise than for their role';
COMMENT ON COLUMN invite_allowances.live IS 'Invites alive at a time; 0: none';
COMMENT ON COLUMN invite_allowances.uses IS 'The most uses of one invite';

CREATE TABLE invite_nodes (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id bigint REFERENCES users ON DELETE SET NULL,
    parent_id bigint REFERENCES invite_nodes,
    invite_id bigint REFERENCES invites ON DELETE SET NULL,
    bypass boolean NOT NULL DEFAULT false,
    key_id smallint NOT NULL,
    keyed bytea NOT NULL,
    created_at timestamptz NOT NULL
);
COMMENT ON TABLE invite_nodes IS 'Who came by whom: one row a person, under the one who invited them; survives the erasure of both';
COMMENT ON COLUMN invite_nodes.user_id IS 'NULL once they are erased: then only the keyed hash tells who it was, to those who know already';
COMMENT ON COLUMN invite_nodes.parent_id IS 'Who invited them; NULL for those whom nobody did';
COMMENT ON COLUMN invite_nodes.bypass IS 'When they applied, invites approved; asked again at the confirmation';
COMMENT ON COLUMN invite_nodes.keyed IS 'HMAC of the id of the user, with the key of that id';
CREATE UNIQUE INDEX invite_nodes_user ON invite_nodes (user_id) WHERE user_id IS NOT NULL;
CREATE INDEX invite_nodes_parent ON invite_nodes (parent_id, id) WHERE parent_id IS NOT NULL;
CREATE INDEX invite_nodes_roots ON invite_nodes (id) WHERE parent_id IS NULL;
CREATE INDEX invite_nodes_invite ON invite_nodes (invite_id) WHERE invite_id IS NOT NULL;
