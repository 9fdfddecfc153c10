CREATE INDEX signs_of_life_user_kind ON signs_of_life (user_id, kind, at);
DROP INDEX signs_of_life_by_app;
DROP INDEX signs_of_life_in_person;
