-- First schema. Instants are milliseconds since 1970 UTC. A column called body, octets, answer or
-- sealed_order holds AES-256-GCM under the data key or OpenPGP; every other column is in clear and holds
-- ids, states, instants, addresses, fingerprints, sizes and digests only. Kinds of events, of content and
-- of states of a case or notice are open sets, checked by the program; the closed ones are checked here.

CREATE TABLE meta (
  name TEXT NOT NULL PRIMARY KEY,
  value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE inbound (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  source TEXT NOT NULL CHECK (source IN ('imap', 'cli')),
  mailbox TEXT NOT NULL,
  uid_validity INTEGER NOT NULL,
  uid INTEGER NOT NULL,
  sha256 TEXT NOT NULL,
  size INTEGER NOT NULL,
  received_at INTEGER NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0,
  outcome TEXT CHECK (outcome IN ('report', 'report-noack', 'follow-up', 'application', 'post', 'command',
    'refused', 'bounce', 'own', 'duplicate', 'shunt')),
  reason TEXT,
  settled_at INTEGER,
  message_id_sha256 TEXT,
  content_sha256 TEXT,
  duplicate_of INTEGER REFERENCES inbound (id),
  answer BLOB,
  UNIQUE (mailbox, uid_validity, uid),
  CHECK ((outcome IS NULL) = (settled_at IS NULL) AND (outcome IS NULL) = (reason IS NULL))
) STRICT;
CREATE INDEX inbound_waiting ON inbound (source, id) WHERE settled_at IS NULL;
CREATE INDEX inbound_octets ON inbound (sha256);
CREATE INDEX inbound_message ON inbound (message_id_sha256, content_sha256)
  WHERE message_id_sha256 IS NOT NULL;

-- Apart from inbound, whose rows are updated: SQLite rewrites a whole row, octets included.
CREATE TABLE raw_mail (
  inbound INTEGER PRIMARY KEY REFERENCES inbound (id),
  octets BLOB NOT NULL
) STRICT;

CREATE TABLE audit (
  seq INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  kind TEXT NOT NULL,
  ids TEXT NOT NULL,
  journal_digest TEXT NOT NULL,
  previous_hash TEXT NOT NULL,
  hash TEXT NOT NULL UNIQUE
) STRICT;
CREATE TRIGGER audit_never_updated BEFORE UPDATE ON audit
  BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END;
CREATE TRIGGER audit_never_deleted BEFORE DELETE ON audit
  BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END;

CREATE TABLE journal (
  seq INTEGER PRIMARY KEY,
  audit INTEGER NOT NULL REFERENCES audit (seq),
  project TEXT NOT NULL,
  stream TEXT NOT NULL,
  revision INTEGER NOT NULL,
  at INTEGER NOT NULL,
  kind TEXT NOT NULL,
  inbound INTEGER REFERENCES inbound (id),
  body BLOB NOT NULL,
  UNIQUE (stream, revision)
) STRICT;
CREATE INDEX journal_audit ON journal (audit);
CREATE TRIGGER journal_never_updated BEFORE UPDATE ON journal
  BEGIN SELECT RAISE(ABORT, 'journal is append-only'); END;
CREATE TRIGGER journal_never_deleted BEFORE DELETE ON journal
  BEGIN SELECT RAISE(ABORT, 'journal is append-only'); END;

CREATE TABLE cases (
  id TEXT NOT NULL PRIMARY KEY,
  project TEXT NOT NULL,
  state TEXT NOT NULL,
  revision INTEGER NOT NULL,
  received_at INTEGER NOT NULL,
  body BLOB NOT NULL
) STRICT;
CREATE INDEX cases_arrival ON cases (received_at);

CREATE TABLE notices (
  id TEXT NOT NULL PRIMARY KEY,
  case_id TEXT NOT NULL REFERENCES cases (id),
  project TEXT NOT NULL,
  state TEXT NOT NULL,
  revision INTEGER NOT NULL,
  send_at INTEGER NOT NULL,
  body BLOB NOT NULL
) STRICT;
CREATE INDEX notices_case ON notices (case_id);
CREATE INDEX notices_due ON notices (state, send_at);

CREATE TABLE contacts (
  id TEXT NOT NULL PRIMARY KEY,
  project TEXT NOT NULL,
  state TEXT NOT NULL,
  revision INTEGER NOT NULL,
  address TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  body BLOB NOT NULL
) STRICT;
CREATE INDEX contacts_project ON contacts (project);

-- A signature counts once, whatever came of it; kept for ever.
CREATE TABLE one_shot (
  primary_key TEXT NOT NULL,
  hash_value TEXT NOT NULL,
  at INTEGER NOT NULL,
  inbound INTEGER REFERENCES inbound (id),
  PRIMARY KEY (primary_key, hash_value)
) STRICT, WITHOUT ROWID;

CREATE TABLE plans (
  token_sha256 TEXT NOT NULL PRIMARY KEY,
  issuer TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('issued', 'confirmed')),
  issued_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  body BLOB NOT NULL
) STRICT;

CREATE TABLE wrong_tokens (
  id INTEGER PRIMARY KEY,
  person TEXT NOT NULL,
  at INTEGER NOT NULL
) STRICT;
CREATE INDEX wrong_tokens_person ON wrong_tokens (person, at);

CREATE TABLE blobs (
  sha256 TEXT NOT NULL PRIMARY KEY,
  size INTEGER NOT NULL,
  octets BLOB NOT NULL
) STRICT;

CREATE TABLE payloads (
  id INTEGER PRIMARY KEY,
  form TEXT NOT NULL CHECK (form IN ('openpgp', 'sealed')),
  octets BLOB NOT NULL
) STRICT;

CREATE TABLE outbox (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  project TEXT NOT NULL,
  kind TEXT NOT NULL,
  promise TEXT NOT NULL CHECK (promise IN ('at-most-once', 'at-least-once')),
  recipient TEXT NOT NULL COLLATE NOCASE,
  recipient_domain TEXT NOT NULL,
  case_id TEXT REFERENCES cases (id),
  notice_id TEXT REFERENCES notices (id),
  contact_id TEXT REFERENCES contacts (id),
  -- Revision of the contact that the copy was prepared from.
  contact_revision INTEGER,
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
  last_stage TEXT,
  -- Code of why it is held, dropped or cancelled.
  why TEXT,
  -- Encryption subkey of the recipient; null for mail in clear and for what is held.
  subkey TEXT,
  payload INTEGER REFERENCES payloads (id),
  sealed_order BLOB,
  -- HMAC over recipient, sender, ids and payload digest.
  head_mac BLOB NOT NULL,
  UNIQUE (notice_id, contact_id),
  CHECK (payload IS NOT NULL OR (state = 'held' AND sealed_order IS NOT NULL) OR state = 'cancelled'),
  CHECK (notice_id IS NULL OR contact_id IS NOT NULL),
  CHECK ((contact_id IS NULL) = (contact_revision IS NULL))
) STRICT;
CREATE INDEX outbox_ready ON outbox (next_attempt_at, id) WHERE state = 'ready' AND notice_id IS NULL;
CREATE INDEX outbox_ready_copies ON outbox (next_attempt_at, id)
  WHERE state = 'ready' AND notice_id IS NOT NULL;
CREATE INDEX outbox_state ON outbox (state);
CREATE INDEX outbox_recent ON outbox (kind, created_at);
CREATE INDEX outbox_sender ON outbox (envelope_from);
