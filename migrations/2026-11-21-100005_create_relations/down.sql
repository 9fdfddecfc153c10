DROP TABLE reach, domain_policies, account_restraints, markers, notification_requests,
    notifications, mutes, blocks, follows;
