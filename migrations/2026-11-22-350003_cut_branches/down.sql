DROP TABLE branch_cuts;
