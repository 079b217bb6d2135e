-- Organisations, applications and incidents; contacts as they are from here on. Sealed contacts of before cannot be
-- read: see OLDEST_SCHEMA.

CREATE TABLE distributors (
  id TEXT NOT NULL PRIMARY KEY,
  project TEXT NOT NULL,
  state TEXT NOT NULL,
  revision INTEGER NOT NULL,
  body BLOB NOT NULL
) STRICT;
CREATE INDEX distributors_project ON distributors (project);

-- `mailbox` is the applicant's address without its subaddress, in lower case: who counts as one.
CREATE TABLE applications (
  id TEXT NOT NULL PRIMARY KEY,
  project TEXT NOT NULL,
  state TEXT NOT NULL,
  revision INTEGER NOT NULL,
  mailbox TEXT NOT NULL,
  received_at INTEGER NOT NULL,
  body BLOB NOT NULL
) STRICT;
CREATE INDEX applications_mailbox ON applications (mailbox, received_at);
CREATE INDEX applications_state ON applications (state, received_at);

CREATE TABLE incidents (
  id TEXT NOT NULL PRIMARY KEY,
  project TEXT NOT NULL,
  state TEXT NOT NULL,
  revision INTEGER NOT NULL,
  received_at INTEGER NOT NULL,
  body BLOB NOT NULL
) STRICT;
CREATE INDEX incidents_state ON incidents (state, received_at);

-- Whose keys speak in an application or for a contact, by the key ids that a signature names: the one that was offered,
-- the pinned one, and the one that is to follow it.
CREATE TABLE member_keys (
  key_id TEXT NOT NULL,
  stream TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  PRIMARY KEY (key_id, stream, fingerprint)
) STRICT, WITHOUT ROWID;
CREATE INDEX member_keys_stream ON member_keys (stream);
CREATE INDEX member_keys_fingerprint ON member_keys (fingerprint);

-- What copies depend on; a contact's revision counts more than that.
ALTER TABLE contacts ADD COLUMN version INTEGER NOT NULL DEFAULT 1;
ALTER TABLE contacts ADD COLUMN distributor TEXT NOT NULL DEFAULT '';

-- The application whose thread a mail of ours stands in; the incident that an answer to it adds to.
ALTER TABLE outbox ADD COLUMN application TEXT REFERENCES applications (id);
ALTER TABLE outbox ADD COLUMN incident TEXT REFERENCES incidents (id);
CREATE INDEX outbox_copies_to ON outbox (contact_id) WHERE notice_id IS NOT NULL;
CREATE INDEX outbox_copies_of ON outbox (case_id) WHERE notice_id IS NOT NULL;
