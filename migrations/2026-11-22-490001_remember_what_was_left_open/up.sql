-- Which required questions an app left open is written down when the application comes: what is
-- asked may change before its address is confirmed.

CREATE TABLE left_open (
    application_id bigint NOT NULL REFERENCES applications ON DELETE CASCADE,
    question_version_id bigint NOT NULL REFERENCES question_versions,
    PRIMARY KEY (application_id, question_version_id)
);
COMMENT ON TABLE left_open IS 'Required questions that an application was sent without an answer to; the answers come later';
CREATE INDEX left_open_question ON left_open (question_version_id);

-- Those on their way: what everybody is asked now and they did not answer.
INSERT INTO left_open (application_id, question_version_id)
SELECT a.id, n.id
FROM applications a
CROSS JOIN (SELECT DISTINCT ON (q.id) v.id, q.id AS question_id, v.required
            FROM questions q JOIN question_versions v ON v.question_id = q.id
            WHERE q.retired_at IS NULL AND q.pool = 0
            ORDER BY q.id, v.version DESC) n
WHERE (a.state IN (0, 2) OR a.shown IN (0, 2)) AND n.required
  AND NOT EXISTS (SELECT 1 FROM application_answers aa
                  JOIN question_versions v ON v.id = aa.question_version_id
                  WHERE aa.application_id = a.id AND v.question_id = n.question_id);
