DROP TRIGGER applications_tally_new ON applications;
DROP TRIGGER applications_tally_changed ON applications;
DROP TRIGGER applications_tally_gone ON applications;
DROP FUNCTION tally_waiting();
DROP TABLE waiting_tallies;
