DROP TABLE limit_counts;
