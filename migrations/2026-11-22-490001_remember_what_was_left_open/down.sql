DROP TABLE left_open;
