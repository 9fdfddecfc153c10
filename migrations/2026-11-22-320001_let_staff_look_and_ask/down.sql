DROP TABLE staff_mails, decision_presets, application_views;
