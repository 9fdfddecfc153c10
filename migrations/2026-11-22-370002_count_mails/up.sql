-- How many mails went, for the budget of an hour and for the desk.

CREATE TABLE mail_counts (
    at timestamptz NOT NULL,
    kind smallint NOT NULL,
    failed boolean NOT NULL,
    count integer NOT NULL CHECK (count > 0),
    PRIMARY KEY (at, kind, failed)
);
COMMENT ON TABLE mail_counts IS 'Mails by ten minutes and kind, no addresses; kept 14 days';
COMMENT ON COLUMN mail_counts.at IS 'When the ten minutes began';
COMMENT ON COLUMN mail_counts.failed IS 'Refused for good or given up, instead of taken by the mail server';
