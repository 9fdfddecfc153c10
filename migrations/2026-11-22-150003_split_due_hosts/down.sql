DROP INDEX delivery_hosts_due_failing;
DROP INDEX delivery_hosts_due_fine;
CREATE INDEX delivery_hosts_due ON delivery_hosts (due_at) WHERE due_at IS NOT NULL;
