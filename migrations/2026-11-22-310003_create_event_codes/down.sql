DROP INDEX applications_event_code;
DROP TABLE event_codes;
