-- How many wait is asked at every knock, and must cost the same whether ten wait or 50,000.

CREATE TABLE waiting_tallies (
    id bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    many bigint NOT NULL
);
COMMENT ON TABLE waiting_tallies IS 'Their sum is how many applications are pending or asked back. Written by triggers of applications alone, each time in a row that nobody else holds, so that nobody waits for it; as many rows as ever wrote at once';
COMMENT ON COLUMN waiting_tallies.many IS 'A part of the sum, and nothing by itself: it may be below zero';

-- Nobody comes or goes between the first count and the triggers.
LOCK TABLE applications IN SHARE ROW EXCLUSIVE MODE;
INSERT INTO waiting_tallies (many) SELECT count(*) FROM applications WHERE state IN (1, 2);

CREATE FUNCTION tally_waiting() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    change bigint := 0;
BEGIN
    IF TG_OP <> 'INSERT' THEN
        SELECT change - count(*) INTO change FROM gone WHERE state IN (1, 2);
    END IF;
    IF TG_OP <> 'DELETE' THEN
        SELECT change + count(*) INTO change FROM come WHERE state IN (1, 2);
    END IF;
    IF change <> 0 THEN
        UPDATE waiting_tallies SET many = many + change
        WHERE id = (SELECT id FROM waiting_tallies ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED);
        IF NOT FOUND THEN
            INSERT INTO waiting_tallies (many) VALUES (change);
        END IF;
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER applications_tally_new AFTER INSERT ON applications
    REFERENCING NEW TABLE AS come FOR EACH STATEMENT EXECUTE FUNCTION tally_waiting();
CREATE TRIGGER applications_tally_changed AFTER UPDATE ON applications
    REFERENCING OLD TABLE AS gone NEW TABLE AS come FOR EACH STATEMENT EXECUTE FUNCTION tally_waiting();
CREATE TRIGGER applications_tally_gone AFTER DELETE ON applications
    REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION tally_waiting();
