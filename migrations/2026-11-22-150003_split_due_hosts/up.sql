-- Hosts that fail are claimed apart from those that do not, and neither walks over the other.

DROP INDEX delivery_hosts_due;
CREATE INDEX delivery_hosts_due_fine ON delivery_hosts (due_at) WHERE due_at IS NOT NULL AND fails = 0;
CREATE INDEX delivery_hosts_due_failing ON delivery_hosts (due_at) WHERE due_at IS NOT NULL AND fails > 0;
