DROP TABLE heir_letters;
DROP TABLE heir_notices;
DROP TABLE heirs;
