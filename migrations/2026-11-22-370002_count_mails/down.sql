DROP TABLE mail_counts;
