-- What other servers run is asked for by NodeInfo, now and then. How they take deliveries stands
-- in delivery_hosts, so health said nothing to anybody.
ALTER TABLE hosts DROP COLUMN health;
ALTER TABLE hosts ADD COLUMN nodeinfo_at timestamptz;
COMMENT ON COLUMN hosts.nodeinfo_at IS 'When it was last asked what it runs; NULL = never';
COMMENT ON COLUMN hosts.software IS 'As its NodeInfo says; shown to staff alone';
