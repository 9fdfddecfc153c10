-- What happened at the door, day by day: it outlives the applications, which are erased.

CREATE TABLE door_days (
    day date NOT NULL,
    what smallint NOT NULL CHECK (what BETWEEN 0 AND 7),
    count integer NOT NULL CHECK (count > 0),
    PRIMARY KEY (day, what)
);
COMMENT ON TABLE door_days IS 'Applications and what became of them, counted by day (UTC); nobody in particular';
COMMENT ON COLUMN door_days.what IS '0 applied, 1 in the queue, 2 yes, 3 no, told, 4 no, without a word, 5 ended by time, 6 withdrawn, 7 a decision taken back';

CREATE TABLE door_waits (
    day date NOT NULL,
    step smallint NOT NULL CHECK (step BETWEEN 0 AND 16),
    count integer NOT NULL CHECK (count > 0),
    PRIMARY KEY (day, step)
);
COMMENT ON TABLE door_waits IS 'How long those waited whom a person decided about on a day';
COMMENT ON COLUMN door_waits.step IS 'Below 1, 2, 4, 8, 12 or 24 hours, 2 to 7, 10, 14, 21 or 30 days, or longer';

CREATE TABLE application_hints (
    application_id bigint PRIMARY KEY REFERENCES applications ON DELETE CASCADE,
    kinds text[] NOT NULL CHECK (cardinality(kinds) <= 40)
);
COMMENT ON TABLE application_hints IS 'Which kinds of hints stood on a card when it was opened last; gone with the application';

CREATE TABLE hint_days (
    day date NOT NULL,
    hint text NOT NULL CHECK (length(hint) <= 40),
    approved boolean NOT NULL,
    count integer NOT NULL CHECK (count > 0),
    PRIMARY KEY (day, hint, approved)
);
COMMENT ON TABLE hint_days IS 'Decisions about applications on whose cards such a hint stood, by day; nobody in particular';

-- What is still known.
INSERT INTO door_days (day, what, count)
SELECT k.day, k.what, count(*) FROM (
    SELECT (submitted_at AT TIME ZONE 'UTC')::date AS day, 0::smallint AS what FROM applications
    UNION ALL
    SELECT (confirmed_at AT TIME ZONE 'UTC')::date, 1::smallint FROM applications WHERE confirmed_at IS NOT NULL
    UNION ALL
    SELECT (decided_at AT TIME ZONE 'UTC')::date,
        (CASE WHEN state = 3 THEN 2 WHEN state = 4 AND told THEN 3 WHEN state = 4 THEN 4 WHEN state = 5 THEN 6 ELSE 5 END)::smallint
    FROM applications WHERE decided_at IS NOT NULL AND state > 2
) k GROUP BY k.day, k.what;
