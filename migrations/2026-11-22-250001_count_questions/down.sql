DROP TABLE question_days;
