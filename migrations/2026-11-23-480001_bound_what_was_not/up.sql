-- Each number that is an enumeration, and each text, has its bounds in the table too (D25).
--
-- Lists that grow with the product (events, jobs, notifications, what is sent, mails) are only
-- held above nothing here: the types of the code refuse a number that they do not know, and a
-- new one costs no migration.

ALTER TABLE account_restraints ADD CHECK (source BETWEEN 0 AND 2);
ALTER TABLE accounts ADD CHECK (sanitiser_version >= 0);
ALTER TABLE activities ADD CHECK (kind >= 0);
ALTER TABLE answer_marks ADD CHECK (mark >= 0);
ALTER TABLE application_answers ADD CHECK (position >= 0);
ALTER TABLE apps ADD CHECK (length(client_id) BETWEEN 1 AND 100);
ALTER TABLE branch_cuts ADD CHECK (cardinality(protected) <= 10000);
ALTER TABLE cached_media ADD CHECK (fails >= 0);
ALTER TABLE decision_memory ADD CHECK (decision BETWEEN 0 AND 6), ADD CHECK (key_id >= 0);
ALTER TABLE deliveries ADD CHECK (attempts >= 0);
ALTER TABLE delivery_refusals ADD CHECK (status BETWEEN 0 AND 999);
ALTER TABLE domain_policies ADD CHECK (source BETWEEN 0 AND 2);
ALTER TABLE draft_media ADD CHECK (position >= 0);
ALTER TABLE events ADD CHECK (kind >= 0);
ALTER TABLE graveyard ADD CHECK (kind BETWEEN 0 AND 1);
ALTER TABLE heirs ADD CHECK (tries >= 0);
ALTER TABLE held_activities ADD CHECK (reason BETWEEN 0 AND 4), ADD CHECK (octet_length(document) <= 1048576);
ALTER TABLE inbox ADD CHECK (attempts >= 0), ADD CHECK (octet_length(document) <= 1048576);
ALTER TABLE inboxes ADD CHECK (missing >= 0);
ALTER TABLE invite_nodes ADD CHECK (key_id >= 0);
ALTER TABLE jobs ADD CHECK (attempts >= 0), ADD CHECK (priority BETWEEN 0 AND 2), ADD CHECK (queue >= 0);
ALTER TABLE mail_counts ADD CHECK (kind >= 0);
ALTER TABLE media ADD CHECK (position >= 0);
ALTER TABLE notifications ADD CHECK (kind >= 0);
ALTER TABLE outbound_holds ADD CHECK (reason BETWEEN 0 AND 4);
ALTER TABLE poll_votes ADD CHECK (position >= 0);
ALTER TABLE questions ADD CHECK (pool >= 0), ADD CHECK (position >= 0);
ALTER TABLE quotes ADD CHECK (state >= 0);
ALTER TABLE sign_in_steps ADD CHECK (tries >= 0);
ALTER TABLE status_search ADD CHECK (searchable_by BETWEEN 0 AND 3);
ALTER TABLE statuses ADD CHECK (kind >= 0), ADD CHECK (interaction_policy >= 0), ADD CHECK (sanitiser_version >= 0);
-- 0 a status, 1 an account, 2 a boost that was taken back.
ALTER TABLE tombstones ADD CHECK (kind BETWEEN 0 AND 2);
ALTER TABLE webhooks ADD CHECK (last_status BETWEEN 0 AND 999), ADD CHECK (length(last_error) <= 500), ADD CHECK (length(secret) <= 500);
