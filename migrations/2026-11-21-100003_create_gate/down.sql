DROP TABLE audit_log, door_history, episodes, signs_of_life, decision_memory, draft_media, drafts,
    application_answers, question_versions, questions, applications, applicant_profiles;
DROP FUNCTION refuse_change;
