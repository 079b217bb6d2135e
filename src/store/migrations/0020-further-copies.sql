-- A contact may get a notice more than once, when somebody asks for it: `copy` counts from 1. `basis`: of what it was
-- made, besides its contact. SQLite changes no constraint in place, so the table is made anew.
CREATE TABLE outbox_anew (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  project TEXT NOT NULL,
  kind TEXT NOT NULL,
  promise TEXT NOT NULL CHECK (promise IN ('at-most-once', 'at-least-once')),
  recipient TEXT NOT NULL COLLATE NOCASE,
  recipient_domain TEXT NOT NULL,
  case_id TEXT REFERENCES cases (id),
  notice_id TEXT REFERENCES notices (id),
  contact_id TEXT REFERENCES contacts (id),
  -- Version of the contact that the copy was prepared from.
  contact_revision INTEGER,
  copy INTEGER NOT NULL DEFAULT 1 CHECK (copy > 0),
  basis TEXT,
  application TEXT REFERENCES applications (id),
  incident TEXT REFERENCES incidents (id),
  message_id TEXT NOT NULL UNIQUE,
  envelope_from TEXT NOT NULL COLLATE NOCASE,
  state TEXT NOT NULL
    CHECK (state IN ('ready', 'sending', 'sent', 'failed', 'held', 'dropped', 'cancelled')),
  in_doubt INTEGER NOT NULL DEFAULT 0 CHECK (in_doubt IN (0, 1)),
  attempts INTEGER NOT NULL DEFAULT 0,
  created_at INTEGER NOT NULL,
  not_before INTEGER NOT NULL,
  next_attempt_at INTEGER NOT NULL,
  first_attempt_at INTEGER,
  last_code INTEGER,
  -- The enhanced status code of the last answer or delivery report (RFC 3463), like 5.7.1.
  last_status TEXT,
  last_stage TEXT,
  told_at INTEGER,
  told_late INTEGER NOT NULL DEFAULT 0,
  -- Code of why it is held, dropped, cancelled, or failed after it was accepted.
  why TEXT,
  -- Encryption subkey of the recipient; null for mail in clear and for what is held.
  subkey TEXT,
  payload INTEGER REFERENCES payloads (id),
  sealed_order BLOB,
  -- HMAC over recipient, sender, ids and payload digest.
  head_mac BLOB NOT NULL,
  UNIQUE (notice_id, contact_id, copy),
  CHECK (payload IS NOT NULL OR (state IN ('held', 'dropped') AND sealed_order IS NOT NULL) OR state = 'cancelled'),
  CHECK (notice_id IS NULL OR contact_id IS NOT NULL),
  CHECK ((contact_id IS NULL) = (contact_revision IS NULL))
) STRICT;
INSERT INTO outbox_anew (id, project, kind, promise, recipient, recipient_domain, case_id, notice_id, contact_id,
    contact_revision, application, incident, message_id, envelope_from, state, in_doubt, attempts, created_at,
    not_before, next_attempt_at, first_attempt_at, last_code, last_status, last_stage, told_at, told_late, why, subkey,
    payload, sealed_order, head_mac)
  SELECT id, project, kind, promise, recipient, recipient_domain, case_id, notice_id, contact_id,
    contact_revision, application, incident, message_id, envelope_from, state, in_doubt, attempts, created_at,
    not_before, next_attempt_at, first_attempt_at, last_code, last_status, last_stage, told_at, told_late, why, subkey,
    payload, sealed_order, head_mac FROM outbox;
-- No number comes back, also of a mail that was taken out.
UPDATE sqlite_sequence SET seq = (SELECT seq FROM sqlite_sequence WHERE name = 'outbox') WHERE name = 'outbox_anew';
DROP TABLE outbox;
ALTER TABLE outbox_anew RENAME TO outbox;

CREATE INDEX outbox_ready ON outbox (next_attempt_at, id) WHERE state = 'ready' AND notice_id IS NULL;
CREATE INDEX outbox_ready_copies ON outbox (next_attempt_at, id) WHERE state = 'ready' AND notice_id IS NOT NULL;
CREATE INDEX outbox_state ON outbox (state);
CREATE INDEX outbox_recent ON outbox (kind, created_at);
CREATE INDEX outbox_sender ON outbox (envelope_from);
CREATE INDEX outbox_untold ON outbox (id) WHERE told_at IS NULL AND state IN ('held', 'failed', 'cancelled');
CREATE INDEX outbox_late ON outbox (first_attempt_at) WHERE state IN ('ready', 'sending') AND kind <> 'alert';
CREATE INDEX outbox_copies_to ON outbox (contact_id) WHERE notice_id IS NOT NULL;
CREATE INDEX outbox_copies_of ON outbox (case_id) WHERE notice_id IS NOT NULL;

-- How many copies beyond the first were asked for, of all contacts together.
ALTER TABLE notices ADD COLUMN again INTEGER NOT NULL DEFAULT 0;
