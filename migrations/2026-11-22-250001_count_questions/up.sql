-- How often each version of a question was put to somebody: what its answers are measured by.

CREATE TABLE question_days (
    question_version_id bigint NOT NULL REFERENCES question_versions,
    day date NOT NULL,
    shown integer NOT NULL CHECK (shown > 0),
    PRIMARY KEY (question_version_id, day)
);
COMMENT ON TABLE question_days IS 'Forms with this version that were fetched on a day; counted in memory, written down once a minute, kept a year';
