-- Rows for the tables that later migrations make, and for the columns that they add: on top of
-- people.sql, each section right after the migration that it names. A migration that makes
-- tables wants a section here.

-- after 2026-11-22-390001
UPDATE episodes SET stage = 2, version = 2, warned = 2, uptime_millis = 86400000, guarded_at = '2026-11-03' WHERE id = 1;
INSERT INTO signs_of_life (user_id, kind, at) VALUES (1, 3, '2026-11-04');
INSERT INTO switch_state (high_water, ticked_at, behind_millis, jump_wait_millis)
VALUES ('2026-11-05', '2026-11-04', 60000, 3600000);
UPDATE applications SET response_from = '2026-11-04' WHERE id = 201;

-- after 2026-11-22-400001
INSERT INTO switch_notices (episode_id, notice, channel, recipient, moved_at, created_at, begun_at, sent_at, status_id)
VALUES (1, 1, 0, 1, '2026-11-01', '2026-11-01', '2026-11-01', '2026-11-01', NULL),
       (1, 2, 2, 1, '2026-11-02', '2026-11-02', '2026-11-02', NULL, 602),
       (1, 3, 1, 0, '2026-11-03', '2026-11-03', NULL, NULL, NULL);
INSERT INTO check_in_links (digest, user_id, episode_id, stage, created_at, expires_at, used_at, signed_in)
VALUES (decode(repeat('01', 32), 'hex'), 1, 1, 1, '2026-11-01', '2026-11-04', '2026-11-02', true),
       (decode(repeat('02', 32), 'hex'), 1, 1, 2, '2026-11-03', '2026-11-06', NULL, false);
UPDATE switch_state SET off_from = '2026-11-03', off_until = '2026-11-04';

-- after 2026-11-22-410001
UPDATE author_standing SET established_at = '2026-11-02', word = 1, word_by = 1, word_at = '2026-11-02', told_at = '2026-11-02' WHERE account_id = 101;
INSERT INTO outreach VALUES (601, 103, false, 101, '2026-11-01', false), (601, 104, true, 101, '2026-11-01', true);
UPDATE outbound_holds SET reason = 4, sent = true WHERE status_id = 601;
UPDATE media SET uploaded = 2000 WHERE id = 801;

-- after 2026-11-22-420001
INSERT INTO seals (since, until) VALUES ('2026-10-01', '2026-10-05'), ('2026-11-05', NULL);
INSERT INTO away_letters VALUES (1, 3, 3), (1, 4, 2);
UPDATE applications SET waits_from = '2026-11-03' WHERE id = 201;

-- after 2026-11-22-420002
INSERT INTO lift_wishes VALUES (1, 2, 1, '2026-11-06'), (1, 0, 1, '2026-11-06');

-- after 2026-11-22-420003
INSERT INTO deputies VALUES (2, 1, true, '2026-11-01', '2026-11-06');
INSERT INTO deputy_acts (user_id, kind, account_id, policy_id, at, until, ended_at, kept_by)
VALUES (2, 0, 102, NULL, '2026-11-06', '2026-11-20', NULL, NULL),
       (2, NULL, NULL, 1, '2026-11-06', '2026-11-20', '2026-11-07', 1);

-- after 2026-11-22-430001
INSERT INTO heirs (user_id, offered_by, offered_at, accepted_at, letter, tries, tried_from, ended_at, ending)
VALUES (2, 1, '2026-10-01', NULL, NULL, 0, NULL, '2026-10-02', 1),
       (2, 1, '2026-10-03', '2026-10-04', decode(repeat('03', 32), 'hex'), 1, '2026-11-06', NULL, NULL);
INSERT INTO heir_notices (heir_id, episode_id, begun_at, until, uptime_millis) VALUES (2, 1, '2026-11-06', '2026-11-20', 60000);
INSERT INTO heir_letters VALUES (1, 1), (1, 2);

-- after 2026-11-22-440002
UPDATE applications SET state = 2 WHERE id = 201;
INSERT INTO waiting_tallies (many) VALUES (-1), (1);

-- after 2026-11-23-500001
INSERT INTO answer_days VALUES (1, '2026-10-01', 2, 0, 0), (1, '2026-10-02', 0, 1, 1);
