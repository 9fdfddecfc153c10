DROP TABLE lift_wishes;
