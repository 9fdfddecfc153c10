-- What is kept away from the form: networks, mail domains, names, single addresses.

CREATE TABLE network_blocks (
    id bigint PRIMARY KEY,
    network inet NOT NULL UNIQUE,
    severity smallint NOT NULL CHECK (severity BETWEEN 0 AND 1),
    comment text NOT NULL DEFAULT '' CHECK (length(comment) <= 1000),
    created_at timestamptz NOT NULL,
    expires_at timestamptz
);
COMMENT ON TABLE network_blocks IS 'Networks whose applications are 0 refused, 1 put aside as likely automated. IPv6 no narrower than /64, as one household has it';
CREATE INDEX network_blocks_covering ON network_blocks USING gist (network inet_ops);
CREATE INDEX network_blocks_expires ON network_blocks (expires_at) WHERE expires_at IS NOT NULL;

CREATE TABLE mail_blocks (
    id bigint PRIMARY KEY,
    domain text NOT NULL UNIQUE CHECK (length(domain) BETWEEN 1 AND 253),
    hosts boolean NOT NULL DEFAULT true,
    severity smallint NOT NULL CHECK (severity BETWEEN 0 AND 1),
    comment text NOT NULL DEFAULT '' CHECK (length(comment) <= 1000),
    created_at timestamptz NOT NULL
);
COMMENT ON TABLE mail_blocks IS 'Mail domains with what is below them, in punycode; severity as in network_blocks';
COMMENT ON COLUMN mail_blocks.hosts IS 'Holds for every domain whose mail goes to a server under this name, too';

CREATE TABLE name_blocks (
    id bigint PRIMARY KEY,
    pattern text NOT NULL CHECK (pattern ~ '^[a-z0-9_]{1,30}$'),
    whole boolean NOT NULL,
    severity smallint NOT NULL CHECK (severity BETWEEN 0 AND 1),
    comment text NOT NULL DEFAULT '' CHECK (length(comment) <= 1000),
    created_at timestamptz NOT NULL,
    UNIQUE (pattern, whole)
);
COMMENT ON TABLE name_blocks IS 'Names that nobody takes, and what only looks like them; severity as in network_blocks';
COMMENT ON COLUMN name_blocks.whole IS 'The whole name; else any name that holds it';

CREATE TABLE address_blocks (
    id bigint PRIMARY KEY,
    digest text NOT NULL UNIQUE CHECK (digest ~ '^[0-9a-f]{64}$'),
    created_at timestamptz NOT NULL
);
COMMENT ON TABLE address_blocks IS 'Single addresses, as SHA-256 of a canonical form that servers share: no address can be read from it';

CREATE INDEX applications_network ON applications USING gist (network inet_ops);
CREATE INDEX applications_mail_domain ON applications (mail_domain, id);
