ALTER TABLE switch_state DROP COLUMN ahead_from, DROP COLUMN ahead_millis;
