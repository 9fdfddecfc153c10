DROP TABLE names, users, actor_keys, actor_endpoints, account_stats, accounts, hosts;
