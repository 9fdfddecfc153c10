-- A policy for a domain holds for whoever is shown under it too, wherever their server is.

CREATE TABLE handle_domains (
    domain text NOT NULL CHECK (length(domain) BETWEEN 1 AND 253),
    host_id bigint NOT NULL REFERENCES hosts ON DELETE CASCADE,
    PRIMARY KEY (domain, host_id)
);
COMMENT ON TABLE handle_domains IS 'Domains under which accounts of a server are shown and which are not its own name';
CREATE INDEX handle_domains_host ON handle_domains (host_id);

INSERT INTO handle_domains (domain, host_id)
SELECT DISTINCT a.handle_domain, a.host_id
  FROM accounts a JOIN hosts h ON h.id = a.host_id
 WHERE a.handle_domain <> h.domain;

CREATE FUNCTION account_policy_flags(host bigint, handle_domain text, at timestamptz) RETURNS integer
LANGUAGE sql STABLE
RETURN (SELECT flags_from_host(h.flags | CASE WHEN h.domain = account_policy_flags.handle_domain THEN 0
                   ELSE policy_flags(account_policy_flags.handle_domain, account_policy_flags.at) END)
          FROM hosts h WHERE h.id = account_policy_flags.host);
COMMENT ON FUNCTION account_policy_flags IS 'What holds for an account by its server and by the domain it is shown under, as accounts.flags has it';

CREATE OR REPLACE FUNCTION note_account_policies() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    held integer := coalesce(account_policy_flags(NEW.host_id, NEW.handle_domain, NEW.updated_at), 0);
BEGIN
    INSERT INTO handle_domains (domain, host_id)
    SELECT NEW.handle_domain, h.id FROM hosts h WHERE h.id = NEW.host_id AND h.domain <> NEW.handle_domain
    ON CONFLICT DO NOTHING;
    -- Follows of whoever comes under a block by their new name are cut on the usual walk.
    IF TG_OP = 'UPDATE' AND (held & ~NEW.flags & 2) <> 0 THEN
        INSERT INTO host_sweeps (host_id, asked_at) VALUES (NEW.host_id, NEW.updated_at)
        ON CONFLICT (host_id) DO UPDATE SET cursor = 0;
    END IF;
    NEW.flags := NEW.flags | held;
    RETURN NEW;
END
$$;
COMMENT ON FUNCTION note_account_policies IS 'Somebody new, or shown under a new domain, must not slip through a policy';
CREATE TRIGGER accounts_note_handle_policies BEFORE UPDATE OF handle_domain ON accounts
    FOR EACH ROW WHEN (NEW.host_id IS NOT NULL AND NEW.handle_domain IS DISTINCT FROM OLD.handle_domain)
    EXECUTE FUNCTION note_account_policies();

COMMENT ON COLUMN accounts.flags IS 'Union of the restraints in force (D15): 1 limited, 2 suspended, 4 probation, 8 frozen invites; and of what holds for its server and the domain of its handle: 1 limited, 2 suspended, 16 no media';
