-- One decision about many applications: what was ticked, how far it is, what was left out.

CREATE TABLE bulk_decisions (
    id bigint PRIMARY KEY,
    actor_id bigint REFERENCES users ON DELETE SET NULL,
    act smallint NOT NULL CHECK (act BETWEEN 0 AND 2),
    message text CHECK (length(message) <= 5000),
    told boolean NOT NULL,
    picks jsonb NOT NULL,
    total integer NOT NULL,
    done jsonb NOT NULL DEFAULT '[]',
    left_out jsonb NOT NULL DEFAULT '[]',
    created_at timestamptz NOT NULL,
    finished_at timestamptz,
    undone_at timestamptz,
    undone_by bigint
);
COMMENT ON TABLE bulk_decisions IS 'act: 0 approve, 1 reject, 2 put off. Kept 30 days, for its page and for taking it back';
COMMENT ON COLUMN bulk_decisions.picks IS 'What is still to do: [[application, hash of what was seen], …], both as text';
COMMENT ON COLUMN bulk_decisions.done IS 'Applications that it decided, as text';
COMMENT ON COLUMN bulk_decisions.left_out IS '[[application, name, why], …]';
COMMENT ON COLUMN bulk_decisions.undone_by IS 'users.id of whoever took it back; no foreign key';
CREATE INDEX bulk_decisions_actor ON bulk_decisions (actor_id, id);
CREATE INDEX bulk_decisions_created ON bulk_decisions (created_at);
