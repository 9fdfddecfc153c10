DROP TABLE hint_days;
DROP TABLE application_hints;
DROP TABLE door_waits;
DROP TABLE door_days;
