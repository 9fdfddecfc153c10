-- A branch of the tree of invites, cut in one act, with all that takes it back.

CREATE TABLE branch_cuts (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    node_id bigint NOT NULL REFERENCES invite_nodes,
    actor_id bigint REFERENCES users ON DELETE SET NULL,
    kind smallint NOT NULL CHECK (kind BETWEEN 0 AND 2),
    reason text NOT NULL DEFAULT '' CHECK (length(reason) <= 2000),
    frozen bigint[] NOT NULL,
    restrained bigint[] NOT NULL,
    bulks bigint[] NOT NULL,
    turned_down integer NOT NULL,
    protected text[] NOT NULL,
    created_at timestamptz NOT NULL,
    mended_at timestamptz,
    mended_by bigint
);
COMMENT ON TABLE branch_cuts IS 'What one cut of a branch of invites did: nothing that lay on somebody before is in it';
COMMENT ON COLUMN branch_cuts.kind IS 'What became of members: 0 only their invites rest, 1 limited, 2 suspended';
COMMENT ON COLUMN branch_cuts.frozen IS 'Accounts whose invites it froze';
COMMENT ON COLUMN branch_cuts.restrained IS 'Accounts that it limited or suspended';
COMMENT ON COLUMN branch_cuts.bulks IS 'The decisions by which it turned applications down';
COMMENT ON COLUMN branch_cuts.protected IS 'Names of staff in the branch, who were left alone with those whom they invited';
CREATE INDEX branch_cuts_node ON branch_cuts (node_id);
CREATE INDEX branch_cuts_actor ON branch_cuts (actor_id) WHERE actor_id IS NOT NULL;
