DROP INDEX applicant_profiles_words, applications_remark_words, application_answers_words,
    users_username_like, applications_mail_domain_like, applications_neighbours,
    applications_over, applications_asked, applications_put_off, applications_lane_alike,
    applications_lane_alone;
