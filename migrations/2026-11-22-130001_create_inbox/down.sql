DROP INDEX domain_policies_until;
ALTER TABLE domain_policies DROP CONSTRAINT domain_policies_kind;
DROP INDEX held_activities_until;
DROP TABLE inbox;
