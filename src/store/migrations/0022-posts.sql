-- What people wrote to distributors lists. `case_id` is empty where it is for the whole list.
CREATE TABLE posts (
  id TEXT NOT NULL PRIMARY KEY,
  project TEXT NOT NULL,
  case_id TEXT NOT NULL,
  state TEXT NOT NULL,
  received_at INTEGER NOT NULL,
  inbound INTEGER NOT NULL,
  signed_by TEXT NOT NULL,
  revision INTEGER NOT NULL,
  body BLOB NOT NULL
) STRICT;
CREATE INDEX posts_case ON posts (case_id, state, received_at);
CREATE INDEX posts_signer ON posts (signed_by, received_at);
CREATE INDEX posts_inbound ON posts (inbound);

-- The post that a mail of ours relays.
ALTER TABLE outbox ADD COLUMN post TEXT REFERENCES posts (id);
CREATE INDEX outbox_post ON outbox (post) WHERE post IS NOT NULL;
