-- Every page of the desk's queue is read from an index, whatever the number of applications.

CREATE INDEX applications_lane_alone ON applications (lane, id) WHERE state = 1 AND cluster_id IS NULL;
CREATE INDEX applications_lane_alike ON applications (lane, cluster_id, id) WHERE state = 1 AND cluster_id IS NOT NULL;
CREATE INDEX applications_put_off ON applications (id) WHERE state = 1 AND put_off_until IS NOT NULL;
CREATE INDEX applications_asked ON applications (id) WHERE state = 2;
CREATE INDEX applications_over ON applications (id) WHERE state IN (3, 4, 6);
CREATE INDEX applications_neighbours ON applications (network, id) WHERE network IS NOT NULL;
CREATE INDEX applications_mail_domain_like ON applications (mail_domain text_pattern_ops) WHERE mail_domain IS NOT NULL;
CREATE INDEX users_username_like ON users (username text_pattern_ops);
CREATE INDEX application_answers_words ON application_answers USING gin (to_tsvector('simple', value));
CREATE INDEX applications_remark_words ON applications USING gin (to_tsvector('simple', remark)) WHERE remark IS NOT NULL;
CREATE INDEX applicant_profiles_words ON applicant_profiles USING gin (to_tsvector('simple', display_name));
