DROP TABLE sign_in_steps;
DROP TABLE recovery_codes;
DROP TABLE passkeys;
DROP TABLE totp_factors;
ALTER TABLE users DROP COLUMN second_factor_since;
