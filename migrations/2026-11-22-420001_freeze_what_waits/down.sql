DROP TABLE away_letters;
ALTER TABLE applications DROP COLUMN waits_from;
DROP TABLE seals;
