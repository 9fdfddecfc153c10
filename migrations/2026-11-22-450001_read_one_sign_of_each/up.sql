-- The mode asks for the last sign of each of the staff at every knock: one probe each of an index
-- that has those in person together, and one of those by an app's token, instead of one by kind.
CREATE INDEX signs_of_life_in_person ON signs_of_life (user_id, at) WHERE kind < 3;
CREATE INDEX signs_of_life_by_app ON signs_of_life (user_id, at) WHERE kind = 3;
DROP INDEX signs_of_life_user_kind;
