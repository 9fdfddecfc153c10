DROP TABLE account_domain_blocks;
DROP TABLE domain_allows;
