DROP INDEX outbound_holds_until;
DROP INDEX reach_host;
DROP TABLE delivery_hosts;
DROP TABLE delivery_refusals;
DROP TABLE deliveries;
DROP TABLE activities;
DROP TABLE inboxes;
