-- Pictures of a whole account are hidden at first, as staff say.
ALTER TABLE account_restraints DROP CONSTRAINT account_restraints_kind_check,
    ADD CONSTRAINT account_restraints_kind_check CHECK (kind BETWEEN 0 AND 3 OR kind = 5);
COMMENT ON TABLE account_restraints IS 'Many causes, strictest wins, lifting one leaves the rest (D15): 0 limited, 1 suspended, 2 probation, 3 frozen invites, 5 sensitive. 4 is what accounts.flags has of servers without media';
