-- By what applications are found to be alike.

CREATE TABLE application_traits (
    application_id bigint PRIMARY KEY REFERENCES applications ON DELETE CASCADE,
    mail_state smallint NOT NULL DEFAULT 0 CHECK (mail_state BETWEEN 0 AND 3),
    mail_host text CHECK (length(mail_host) <= 253),
    trap_filled boolean NOT NULL DEFAULT false,
    answers_digest bytea,
    minhash bytea CHECK (length(minhash) = 256)
);
COMMENT ON TABLE application_traits IS 'What hints are made of, beside the application; gone with it';
COMMENT ON COLUMN application_traits.mail_state IS 'Mail for the domain of the address: 0 not known, 1 is taken by mail_host, 2 has no server of its own, 3 is taken by nobody';
COMMENT ON COLUMN application_traits.answers_digest IS 'Of the answers that the marks were made of: other answers, other marks';
COMMENT ON COLUMN application_traits.minhash IS '64 values of four bytes; as many are equal in two rows as their answers are alike. NULL for answers too short to say';
CREATE INDEX application_traits_mail_host ON application_traits (mail_host, application_id) WHERE mail_host IS NOT NULL;

CREATE TABLE answer_marks (
    application_id bigint NOT NULL REFERENCES applications ON DELETE CASCADE,
    mark smallint NOT NULL,
    hash bigint NOT NULL,
    PRIMARY KEY (application_id, mark)
);
COMMENT ON TABLE answer_marks IS 'mark 0 to 15: bands of four values of the MinHash; from 16 on: one for each answer, of its words alone';
CREATE INDEX answer_marks_hash ON answer_marks (hash, mark, application_id);

ALTER TABLE decision_memory DROP CONSTRAINT decision_memory_kind_check;
ALTER TABLE decision_memory ADD CONSTRAINT decision_memory_kind_check CHECK (kind BETWEEN 0 AND 2);
COMMENT ON TABLE decision_memory IS 'Keyed hashes (0 address, 1 network, 2 band of the answers) of those refused, 90 days: a second try is shown as one (D26)';
