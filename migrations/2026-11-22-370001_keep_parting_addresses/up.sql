-- Where one more mail goes after its row let go of the address.

CREATE TABLE parting_addresses (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    email text NOT NULL CHECK (length(email) <= 254),
    username text NOT NULL CHECK (length(username) <= 60),
    locale text NOT NULL CHECK (length(locale) <= 35),
    created_at timestamptz NOT NULL
);
COMMENT ON TABLE parting_addresses IS 'Addresses that get one last mail: of who withdrew, of who took another address. Each goes with its mail, after 7 days at the most';
CREATE INDEX parting_addresses_created_at ON parting_addresses (created_at);
