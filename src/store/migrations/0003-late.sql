-- How many of the thresholds of lateness the admins were alerted of, and what they know of each mailbox.
ALTER TABLE outbox ADD COLUMN told_late INTEGER NOT NULL DEFAULT 0;
CREATE INDEX outbox_late ON outbox (first_attempt_at) WHERE state IN ('ready', 'sending') AND kind <> 'alert';

CREATE TABLE mailboxes (
  name TEXT NOT NULL PRIMARY KEY,
  uid_validity INTEGER,
  -- Why it refuses us; null: it does not.
  trouble TEXT
) STRICT, WITHOUT ROWID;
INSERT INTO mailboxes (name, uid_validity)
  SELECT mailbox, uid_validity FROM inbound
  WHERE id IN (SELECT max(id) FROM inbound WHERE source = 'imap' GROUP BY mailbox);
