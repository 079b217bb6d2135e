-- Copies of a large notice end alike: a payload of their own, into which the shared one is put after so many octets.
ALTER TABLE outbox ADD COLUMN shared INTEGER REFERENCES payloads (id);
ALTER TABLE outbox ADD COLUMN shared_at INTEGER CHECK ((shared_at IS NULL) = (shared IS NULL));
