DROP TABLE destructive_acts;
