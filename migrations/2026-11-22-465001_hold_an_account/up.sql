-- A deputy may hold an account of another server: what it sends waits, unread, as with a server
-- that is held (registration.md C1, Deputies).
ALTER TABLE account_restraints DROP CONSTRAINT account_restraints_kind_check,
    ADD CONSTRAINT account_restraints_kind_check CHECK (kind BETWEEN 0 AND 3 OR kind IN (5, 6));
COMMENT ON TABLE account_restraints IS 'Many causes, strictest wins, lifting one leaves the rest (D15): 0 limited, 1 suspended, 2 probation, 3 frozen invites, 5 sensitive, 6 held. 4 is what accounts.flags has of servers without media';
COMMENT ON COLUMN accounts.flags IS 'Union of the restraints in force (D15): 1 limited, 2 suspended, 4 probation, 8 frozen invites, 32 sensitive, 64 held; and of what holds for its server and the domain of its handle: 1 limited, 2 suspended, 16 no media';
ALTER TABLE deputy_acts DROP CONSTRAINT deputy_acts_kind_check,
    ADD CONSTRAINT deputy_acts_kind_check CHECK (kind IN (0, 1, 6));
COMMENT ON COLUMN deputy_acts.kind IS 'account_restraints.kind of what was laid on an account: 0 limited, 1 suspended, 6 held';
COMMENT ON COLUMN held_activities.reason IS 'What is held: 0 all of its host, 1 its author';
CREATE INDEX held_activities_actor ON held_activities (actor_uri) WHERE reason = 1;
