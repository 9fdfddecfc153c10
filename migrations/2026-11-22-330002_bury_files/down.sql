DROP TABLE doomed_files;
