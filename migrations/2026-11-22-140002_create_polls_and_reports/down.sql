DROP INDEX reactions_uri;
DROP TABLE account_moves;
DROP TABLE reports;
DROP TABLE poll_votes;
DROP TABLE poll_options;
DROP TABLE polls;
