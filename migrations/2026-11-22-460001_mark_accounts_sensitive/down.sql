DELETE FROM account_restraints WHERE kind = 5;
UPDATE accounts SET flags = flags & ~32, version = version + 1 WHERE flags & 32 <> 0;
ALTER TABLE account_restraints DROP CONSTRAINT account_restraints_kind_check,
    ADD CONSTRAINT account_restraints_kind_check CHECK (kind BETWEEN 0 AND 3);
COMMENT ON TABLE account_restraints IS 'Many causes, strictest wins, lifting one leaves the rest (D15): 0 limited, 1 suspended, 2 probation, 3 frozen invites';
