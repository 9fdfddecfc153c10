DROP TABLE leases;
DROP TABLE instance_secrets;
DROP TABLE instance_settings;
DROP FUNCTION next_id;
DROP SEQUENCE id_sequence;
