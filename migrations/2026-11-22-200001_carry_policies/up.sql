-- Policies for other servers reach everything under a domain, whenever it appears, and every
-- account there: hosts.flags and accounts.flags have them, so that who reads those obeys.

ALTER TABLE domain_policies
    ADD COLUMN reject_media boolean NOT NULL DEFAULT false,
    ADD COLUMN reject_reports boolean NOT NULL DEFAULT false,
    ADD COLUMN obfuscate boolean NOT NULL DEFAULT false;
ALTER TABLE domain_policies DROP CONSTRAINT domain_policies_kind;
ALTER TABLE domain_policies ADD CONSTRAINT domain_policies_kind CHECK (kind BETWEEN 0 AND 4);
COMMENT ON COLUMN domain_policies.kind IS '0 limited, 1 suspended, 2 no media, 3 held, 4 noted: nothing but what the other columns say';
COMMENT ON COLUMN domain_policies.obfuscate IS 'Lists for everybody show a part of the name, and its SHA-256';
CREATE INDEX domain_policies_in_force ON domain_policies (host_id) WHERE lifted_at IS NULL;

COMMENT ON COLUMN hosts.flags IS 'Union of the policies in force for it and the domains above it (D15): 1 limited, 2 suspended, 4 no media, 8 held, 16 no reports';
COMMENT ON COLUMN accounts.flags IS 'Union of the restraints in force (D15): 1 limited, 2 suspended, 4 probation, 8 frozen invites; and of what holds for its server: 1 limited, 2 suspended, 16 no media';

CREATE FUNCTION domains_above(domain text) RETURNS text[]
LANGUAGE sql IMMUTABLE
RETURN ARRAY(SELECT array_to_string(d.parts[i:], '.')
               FROM (SELECT string_to_array(split_part(domain, ':', 1), '.') AS parts) d
              CROSS JOIN generate_series(1, cardinality(d.parts)) AS i) || domain;
COMMENT ON FUNCTION domains_above IS 'Names whose policies hold for a server: a.b.example:8443 gives itself, a.b.example, b.example, example';

CREATE FUNCTION policy_flags(domain text, at timestamptz) RETURNS integer
LANGUAGE sql STABLE
RETURN (SELECT coalesce(bit_or(
            CASE d.kind WHEN 0 THEN 1 WHEN 1 THEN 2 WHEN 2 THEN 4 WHEN 3 THEN 8 ELSE 0 END
            | CASE WHEN d.reject_media THEN 4 ELSE 0 END
            | CASE WHEN d.reject_reports THEN 16 ELSE 0 END), 0)
          FROM hosts h JOIN domain_policies d ON d.host_id = h.id
         WHERE h.domain = ANY (domains_above(policy_flags.domain))
           AND d.lifted_at IS NULL AND (d.until IS NULL OR d.until > policy_flags.at));
COMMENT ON FUNCTION policy_flags IS 'hosts.flags as it should be at a time';

CREATE FUNCTION flags_from_host(host_flags integer) RETURNS integer
LANGUAGE sql IMMUTABLE
RETURN (host_flags & 3) | CASE WHEN (host_flags & 4) <> 0 THEN 16 ELSE 0 END;
COMMENT ON FUNCTION flags_from_host IS 'What hosts.flags means for accounts.flags';

-- By the end of the name: everything under a domain is one range.
CREATE INDEX hosts_under ON hosts (reverse(split_part(domain, ':', 1)) text_pattern_ops);

CREATE FUNCTION note_host_policies() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    NEW.flags := NEW.flags | policy_flags(NEW.domain, NEW.first_seen_at);
    RETURN NEW;
END
$$;
COMMENT ON FUNCTION note_host_policies IS 'A server that is heard of after its policy must not slip through';
CREATE TRIGGER hosts_note_policies BEFORE INSERT ON hosts
    FOR EACH ROW EXECUTE FUNCTION note_host_policies();

CREATE FUNCTION note_account_policies() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    NEW.flags := NEW.flags | flags_from_host(coalesce((SELECT h.flags FROM hosts h WHERE h.id = NEW.host_id), 0));
    RETURN NEW;
END
$$;
COMMENT ON FUNCTION note_account_policies IS 'The same for somebody new on a server that is known';
CREATE TRIGGER accounts_note_policies BEFORE INSERT ON accounts
    FOR EACH ROW WHEN (NEW.host_id IS NOT NULL) EXECUTE FUNCTION note_account_policies();

-- The accounts of a server are walked through in their order.
CREATE INDEX accounts_host_page ON accounts (host_id, id);
DROP INDEX accounts_host;

CREATE TABLE host_sweeps (
    host_id bigint PRIMARY KEY REFERENCES hosts ON DELETE CASCADE,
    cursor bigint NOT NULL DEFAULT 0,
    asked_at timestamptz NOT NULL
);
COMMENT ON TABLE host_sweeps IS 'Servers whose accounts are being brought in line with hosts.flags, a batch at a time; the row goes when all are';
COMMENT ON COLUMN host_sweeps.cursor IS 'accounts.id up to which it is done';
