DROP INDEX held_activities_actor;
COMMENT ON COLUMN held_activities.reason IS NULL;
DELETE FROM deputy_acts WHERE kind = 6;
ALTER TABLE deputy_acts DROP CONSTRAINT deputy_acts_kind_check,
    ADD CONSTRAINT deputy_acts_kind_check CHECK (kind IN (0, 1));
COMMENT ON COLUMN deputy_acts.kind IS 'account_restraints.kind of what was laid on an account: 0 limited, 1 suspended';
UPDATE accounts SET flags = flags & ~64, version = version + 1 WHERE flags & 64 <> 0;
DELETE FROM account_restraints WHERE kind = 6;
ALTER TABLE account_restraints DROP CONSTRAINT account_restraints_kind_check,
    ADD CONSTRAINT account_restraints_kind_check CHECK (kind BETWEEN 0 AND 3 OR kind = 5);
COMMENT ON TABLE account_restraints IS 'Many causes, strictest wins, lifting one leaves the rest (D15): 0 limited, 1 suspended, 2 probation, 3 frozen invites, 5 sensitive. 4 is what accounts.flags has of servers without media';
