-- What came of the answers to each version of a question, day by day: those refused are erased
-- long before those approved, so what is left says too much good of every question.

CREATE TABLE answer_days (
    question_version_id bigint NOT NULL REFERENCES question_versions,
    day date NOT NULL,
    answered integer NOT NULL CHECK (answered >= 0),
    approved integer NOT NULL CHECK (approved >= 0),
    refused integer NOT NULL CHECK (refused >= 0),
    PRIMARY KEY (question_version_id, day),
    CHECK (answered + approved + refused > 0)
);
COMMENT ON TABLE answer_days IS 'Answers to a version of a question, and decisions of people about those who gave one, by day (UTC); nobody in particular; kept a year';
COMMENT ON COLUMN answer_days.answered IS 'Answers that came on this day';
COMMENT ON COLUMN answer_days.approved IS 'Yeses said on this day; one that was taken back later stays, as in hint_days';
COMMENT ON COLUMN answer_days.refused IS 'Noes said on this day, told or not; one that was taken back later stays';

-- What is still known.
INSERT INTO answer_days (question_version_id, day, answered, approved, refused)
SELECT k.version, k.day, sum(k.answered), sum(k.approved), sum(k.refused) FROM (
    SELECT aa.question_version_id AS version, (a.submitted_at AT TIME ZONE 'UTC')::date AS day,
        1 AS answered, 0 AS approved, 0 AS refused
    FROM application_answers aa JOIN applications a ON a.id = aa.application_id
    WHERE aa.value <> ''
    UNION ALL
    SELECT aa.question_version_id, (a.decided_at AT TIME ZONE 'UTC')::date,
        0, (a.state = 3)::integer, (a.state = 4)::integer
    FROM application_answers aa JOIN applications a ON a.id = aa.application_id
    WHERE aa.value <> '' AND a.state IN (3, 4) AND a.decided_by IS NOT NULL AND a.decided_at IS NOT NULL
) k GROUP BY k.version, k.day;
