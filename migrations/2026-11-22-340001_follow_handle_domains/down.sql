DROP TRIGGER accounts_note_handle_policies ON accounts;
CREATE OR REPLACE FUNCTION note_account_policies() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    NEW.flags := NEW.flags | flags_from_host(coalesce((SELECT h.flags FROM hosts h WHERE h.id = NEW.host_id), 0));
    RETURN NEW;
END
$$;
COMMENT ON FUNCTION note_account_policies IS 'The same for somebody new on a server that is known';
DROP FUNCTION account_policy_flags;
DROP TABLE handle_domains;
COMMENT ON COLUMN accounts.flags IS 'Union of the restraints in force (D15): 1 limited, 2 suspended, 4 probation, 8 frozen invites; and of what holds for its server: 1 limited, 2 suspended, 16 no media';
