DROP INDEX applications_mail_domain;
DROP INDEX applications_network;
DROP TABLE address_blocks;
DROP TABLE name_blocks;
DROP TABLE mail_blocks;
DROP TABLE network_blocks;
