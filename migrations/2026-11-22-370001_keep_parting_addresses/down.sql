DROP TABLE parting_addresses;
