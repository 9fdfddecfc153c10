DROP TABLE deputy_acts;
DROP TABLE deputies;
