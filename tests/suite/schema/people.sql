-- Rows for every table of the first set of migrations: two members, a remote actor, somebody
-- who waits and somebody who was refused, with posts, bonds, mails to come and things held.

INSERT INTO instance_settings VALUES ('registration.mode', '"approval"', '2026-11-01');
INSERT INTO instance_secrets VALUES ('master', decode(repeat('ab', 32), 'hex'), '2026-11-01');
INSERT INTO leases VALUES ('relay', '00000000-0000-4000-8000-000000000001', '2026-11-01');

INSERT INTO hosts (domain, software, version, first_seen_at, last_seen_at)
VALUES ('alpha.test', 'mastodon', '4.5.0', '2026-11-01', '2026-11-02'),
       ('beta.test', NULL, NULL, '2026-11-01', NULL);
INSERT INTO accounts (id, username, note_html, note_source, fields, avatar_path, flags, created_at, updated_at)
VALUES (101, 'ann', '<p>hello</p>', 'hello', '[{"name":"n","value":"v"}]', 'media/aa/a.png', 0, '2026-11-01', '2026-11-01'),
       (102, 'ben', '', '', '[]', NULL, 1, '2026-11-01', '2026-11-01');
INSERT INTO accounts (id, host_id, username, handle_domain, uri, uri_hash, url, also_known_as, moved_to_id, created_at, updated_at, fetched_at)
VALUES (103, 1, 'cleo', 'alpha.test', 'https://alpha.test/users/cleo', '00000000-0000-4000-8000-000000000103',
        'https://alpha.test/@cleo', '{https://beta.test/users/cleo}', 101, '2026-11-01', '2026-11-01', '2026-11-02'),
       (104, 2, 'dan', 'beta.test', 'https://beta.test/users/dan', '00000000-0000-4000-8000-000000000104',
        NULL, '{}', NULL, '2026-11-01', '2026-11-01', NULL);
INSERT INTO account_stats (account_id, statuses_count, followers_count, last_status_at)
VALUES (101, 3, 2, '2026-11-02'), (102, 0, 0, NULL), (103, 1, 0, NULL);
INSERT INTO actor_endpoints VALUES
    (103, 'https://alpha.test/users/cleo/inbox', 'https://alpha.test/inbox', NULL, NULL, NULL, NULL),
    (104, 'https://beta.test/users/dan/inbox', NULL, NULL, NULL, NULL, NULL);
INSERT INTO actor_keys VALUES
    (101, NULL, '-----BEGIN PUBLIC KEY-----', '\x00', '2026-11-01', NULL),
    (103, 'https://alpha.test/users/cleo#main-key', '-----BEGIN PUBLIC KEY-----', NULL, '2026-11-01', '2026-11-01');
INSERT INTO users (id, account_id, username, email, email_canonical, email_confirmed_at, password_hash, role, role_since, approved_at, settings, created_at)
VALUES (1, 101, 'ann', 'ann@ann.example', 'ann@ann.example', '2026-11-01', '$argon2id$', 4, '2026-11-01', '2026-11-01', '{"visibility":"public"}', '2026-11-01'),
       (2, 102, 'ben', NULL, NULL, NULL, NULL, 0, '2026-11-01', '2026-11-01', '{}', '2026-11-01'),
       (3, 105, 'eve', 'eve@eve.example', 'eve@eve.example', '2026-11-01', '$argon2id$', 0, '2026-11-01', NULL, '{}', '2026-11-01'),
       (4, 106, 'fay', 'ann@ann.example', NULL, NULL, '$argon2id$', 0, '2026-11-01', NULL, '{}', '2026-11-01'),
       (5, 107, 'gus', 'gus@gus.example', 'gus@gus.example', '2026-11-01', NULL, 0, '2026-11-01', NULL, '{}', '2026-11-01');
INSERT INTO names VALUES ('ann', 1, 2, NULL, '2026-11-01'), ('eve', 3, 1, NULL, '2026-11-01'),
    ('hal', NULL, 3, '2026-12-01', '2026-11-01'), ('admin', NULL, 0, NULL, '2026-11-01');

INSERT INTO applicant_profiles (user_id, display_name, note, avatar_path, edits_on, edits, updated_at)
VALUES (1, 'Ann', 'hello', NULL, NULL, 0, '2026-11-01'),
       (3, 'Eve', 'soon', 'private/aa/e.png', '2026-11-01', 3, '2026-11-01');
INSERT INTO applications (id, user_id, state, version, snapshot_hash, network, mail_domain, fill_seconds, submitted_at, confirmed_at, read_at, read_by, decided_at, decided_by, decision_message, told, erase_at)
VALUES (201, 3, 1, 1, NULL, '192.0.2.1/32', 'eve.example', 40, '2026-11-01', '2026-11-01', '2026-11-02', 1, NULL, NULL, NULL, false, NULL),
       (202, 4, 0, 1, NULL, '2001:db8::/64', 'ann.example', 4, '2026-11-01', NULL, NULL, NULL, NULL, NULL, NULL, false, NULL),
       (203, 5, 4, 2, '\x00', NULL, NULL, NULL, '2026-11-01', '2026-11-01', NULL, NULL, '2026-11-02', 1, 'Sorry.', true, '2026-11-16');
INSERT INTO questions (position, created_at) VALUES (1, '2026-11-01'), (2, '2026-11-01');
INSERT INTO question_versions (question_id, version, kind, labels, choices, created_at)
VALUES (1, 1, 1, '{"en":"Why?"}', '[]', '2026-11-01'), (1, 2, 1, '{"en":"Why here?"}', '[]', '2026-11-01'),
       (2, 1, 2, '{"en":"Which?"}', '["one","two"]', '2026-11-01');
INSERT INTO application_answers VALUES (201, 1, 0, 'Why?', 'Because.'), (203, 2, 0, 'Why here?', 'Because.');
INSERT INTO drafts (id, user_id, text, created_at, updated_at) VALUES (301, 3, 'one day', '2026-11-01', '2026-11-01'),
    (302, 1, 'later', '2026-11-01', '2026-11-01');
INSERT INTO draft_media (id, user_id, draft_id, path, mime, size, width, height, created_at)
VALUES (401, 3, 301, 'private/aa/p.png', 'image/png', 1000, 10, 10, '2026-11-01'),
       (402, 3, NULL, 'private/aa/q.png', 'image/png', 1000, 10, 10, '2026-11-01');
INSERT INTO decision_memory (key_id, kind, keyed, decision, decided_at, until) VALUES (1, 0, '\x00', 4, '2026-11-02', '2027-02-01');
INSERT INTO signs_of_life (user_id, kind, at) VALUES (1, 0, '2026-11-02'), (1, 2, '2026-11-03');
INSERT INTO episodes (kind, stage, since) VALUES (0, 1, '2026-11-01');
INSERT INTO door_history (at, from_mode, to_mode, reason) VALUES ('2026-11-01', NULL, 1, 0);
INSERT INTO audit_log (at, actor_user_id, act, subject_kind, subject_id, hash) VALUES ('2026-11-02', 1, 'application.reject', 'application', 203, '\x00');

INSERT INTO conversations VALUES (501, NULL, NULL), (502, '00000000-0000-4000-8000-000000000502', 501);
INSERT INTO statuses (id, account_id, conversation_id, visibility, html, source, length, language, flags, created_at, edited_at)
VALUES (601, 101, 501, 0, '<p>one #tag</p>', 'one #tag', 8, 'en', 1, '2026-11-01', '2026-11-02'),
       (602, 101, 501, 3, '<p>@cleo</p>', '@cleo', 5, NULL, 0, '2026-11-01', NULL);
INSERT INTO statuses (id, account_id, uri, uri_hash, url, in_reply_to_id, in_reply_to_account_id, in_reply_to_uri_hash, conversation_id, visibility, html, created_at)
VALUES (603, 103, 'https://alpha.test/notes/1', '00000000-0000-4000-8000-000000000603', NULL, 601, 101, NULL, 502, 1, '<p>yes</p>', '2026-11-01'),
       (604, 104, 'https://beta.test/notes/1', '00000000-0000-4000-8000-000000000604', NULL, NULL, NULL, '00000000-0000-4000-8000-000000000999', NULL, 2, '<p>lost</p>', '2026-11-01');
INSERT INTO statuses (id, account_id, reblog_of_id, visibility, created_at) VALUES (605, 102, 601, 0, '2026-11-02');
INSERT INTO status_stats (status_id, replies_count, favourites_count) VALUES (601, 1, 1);
INSERT INTO status_edits (status_id, snapshot, created_at) VALUES (601, '{"html":"<p>on</p>"}', '2026-11-02');
INSERT INTO status_audience VALUES (602, 103, true), (603, 101, false);
INSERT INTO tags (name, display, created_at) VALUES ('tag', 'Tag', '2026-11-01');
INSERT INTO status_tags VALUES (601, 1);
INSERT INTO reactions (status_id, account_id, emoji, id, uri, created_at) VALUES
    (601, 102, '', 701, NULL, '2026-11-02'), (601, 103, '', 702, 'https://alpha.test/likes/1', '2026-11-02');
INSERT INTO bookmarks VALUES (102, 601, 703);
INSERT INTO pins VALUES (101, 601, 704);
INSERT INTO conversation_mutes VALUES (102, 501);
INSERT INTO quotes VALUES (603, 601, 'https://porch.test/ap/notes/601', 0, NULL);
INSERT INTO media (id, account_id, status_id, kind, state, path, preview_path, remote_url, mime, size, width, height, sha256, created_at)
VALUES (801, 101, 601, 0, 1, 'media/aa/1.png', 'media/aa/2.png', NULL, 'image/png', 1000, 10, 10, '\x00', '2026-11-01'),
       (802, 101, NULL, 0, 1, 'media/aa/3.png', NULL, NULL, 'image/png', 1000, 10, 10, '\x01', '2026-11-01'),
       (803, 103, 603, 2, 3, NULL, NULL, 'https://alpha.test/v.mp4', 'video/mp4', NULL, NULL, NULL, NULL, '2026-11-01');
INSERT INTO status_search VALUES (601, 101, 0, to_tsvector('simple', 'one'));
INSERT INTO tombstones (uri_hash, kind, actor_id, subject_id, created_at, until)
VALUES ('00000000-0000-4000-8000-000000000777', 0, 101, 777, '2026-11-02', NULL);
INSERT INTO graveyard (kind, subject_id, actor_id, document, deleted_at, until) VALUES (0, 777, 101, '{}', '2026-11-02', '2026-12-02');
INSERT INTO held_activities (uri_hash, host_id, actor_uri, document, reason, received_at)
VALUES ('00000000-0000-4000-8000-000000000888', 1, 'https://alpha.test/users/cleo', '{}', 0, '2026-11-02');
INSERT INTO outbound_holds VALUES (601, 0, NULL);

INSERT INTO follows (id, account_id, target_id, state, uri, created_at)
VALUES (901, 102, 101, 1, NULL, '2026-11-01'), (902, 103, 101, 0, 'https://alpha.test/follows/1', '2026-11-01'),
       (903, 101, 104, 0, NULL, '2026-11-01');
INSERT INTO blocks VALUES (101, 104, 904, NULL), (104, 101, 905, 'https://beta.test/blocks/1');
INSERT INTO mutes VALUES (102, 103, 906, true, '2027-01-01');
INSERT INTO notifications (id, account_id, kind, from_account_id, status_id, group_key, filtered, created_at)
VALUES (907, 101, 2, 102, 601, 'favourite:601', false, '2026-11-02'), (908, 101, 3, 103, NULL, 'follow', true, '2026-11-02');
INSERT INTO notification_requests VALUES (909, 101, 103, 603, 1, '2026-11-02');
INSERT INTO markers VALUES (1, 0, 601, 1, '2026-11-02');
INSERT INTO account_restraints (account_id, kind, source, since) VALUES (102, 0, 0, '2026-11-02');
INSERT INTO domain_policies (host_id, kind, source, since, until) VALUES (2, 0, 0, '2026-11-02', NULL), (1, 1, 0, '2026-11-02', '2026-11-03');
INSERT INTO reach VALUES (101, 1, '2026-11-02');

INSERT INTO sessions (digest, user_id, network, created_at, last_seen_at, expires_at)
VALUES ('\x01', 1, '192.0.2.1/32', '2026-11-01', '2026-11-02', '2026-12-01');
INSERT INTO apps (id, name, redirect_uris, scopes, client_id, secret_digest, created_at)
VALUES (1001, 'An app', '{app://back}', 'read write', 'client', '\x00', '2026-11-01');
INSERT INTO tokens (digest, app_id, user_id, scopes, created_at) VALUES ('\x01', 1001, 1, 'read', '2026-11-01'), ('\x02', 1001, NULL, 'read', '2026-11-01');
INSERT INTO oauth_codes (digest, app_id, user_id, redirect_uri, scopes, created_at, expires_at, token_id)
VALUES ('\x01', 1001, 1, 'app://back', 'read', '2026-11-01', '2026-11-01', 1);
INSERT INTO one_time_links (purpose, digest, nonce, user_id, email, created_at, expires_at)
VALUES (0, '\x01', '\x00', 3, 'eve@eve.example', '2026-11-01', '2026-11-03');
INSERT INTO idempotency_keys VALUES (1, 'again', 601, '2026-11-02');

INSERT INTO events (lane, kind, subject_id, actor_id, created_at) VALUES (0, 1, 601, 101, '2026-11-02');
INSERT INTO jobs (queue, key, payload, run_at, created_at, failed_at) VALUES
    (0, 'mail:1', '{}', '2026-11-02', '2026-11-02', NULL), (0, 'mail:2', '{}', '2026-11-02', '2026-11-02', '2026-11-03');
INSERT INTO received_activities_a VALUES ('00000000-0000-4000-8000-000000000011', '2026-11-02');
INSERT INTO received_activities_b VALUES ('00000000-0000-4000-8000-000000000012', '2026-11-02');
