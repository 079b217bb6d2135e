-- When the admins were alerted of a mail that is held or was given up; null: not yet, or no need.
ALTER TABLE outbox ADD COLUMN told_at INTEGER;
CREATE INDEX outbox_untold ON outbox (id) WHERE told_at IS NULL AND state IN ('held', 'failed');
