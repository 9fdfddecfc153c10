-- What is rare is begun with where the queue is sifted by it.
CREATE INDEX applications_appealed ON applications (id) WHERE appealed_at IS NOT NULL;
CREATE INDEX applications_spoken ON applications (split_part(lower(locale), '-', 1), lane, id) WHERE state = 1;
