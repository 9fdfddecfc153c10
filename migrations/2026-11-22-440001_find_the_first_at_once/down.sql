DROP INDEX users_members;
DROP INDEX applications_oldest;
