DROP INDEX applications_spoken;
DROP INDEX applications_appealed;
