DROP TABLE idempotency_keys, one_time_links, oauth_codes, tokens, apps, sessions;
