DROP TABLE invite_nodes;
DROP TABLE invite_allowances;
DROP TABLE invites;
