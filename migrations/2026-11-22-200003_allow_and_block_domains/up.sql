-- Whom this place speaks with where it speaks with few, and whom its members do not want.

CREATE TABLE domain_allows (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    domain text NOT NULL UNIQUE CHECK (length(domain) BETWEEN 1 AND 253),
    created_by bigint,
    created_at timestamptz NOT NULL
);
COMMENT ON TABLE domain_allows IS 'Servers that are spoken with where only those are (setting federation.policy); canonical, and exactly these. A block is stronger';

CREATE TABLE account_domain_blocks (
    account_id bigint NOT NULL REFERENCES accounts ON DELETE CASCADE,
    domain text NOT NULL CHECK (length(domain) BETWEEN 1 AND 253),
    id bigint NOT NULL UNIQUE,
    PRIMARY KEY (account_id, domain)
);
COMMENT ON TABLE account_domain_blocks IS 'Servers that a member wants nothing of: accounts by what stands after the @ of their handle';
