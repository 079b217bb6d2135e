-- Changes that wait to be told to the other admins together, and when those heard last of somebody's.
CREATE TABLE changes (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  -- Fingerprint of who made it, or `operator`.
  person TEXT NOT NULL,
  at INTEGER NOT NULL,
  body BLOB NOT NULL
) STRICT;

CREATE TABLE changes_told (
  person TEXT NOT NULL PRIMARY KEY,
  at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Mail to the command address does not wait behind the rest.
ALTER TABLE inbound ADD COLUMN lane TEXT NOT NULL DEFAULT 'other' CHECK (lane IN ('command', 'other'));
CREATE INDEX inbound_lane ON inbound (source, lane, id) WHERE settled_at IS NULL;
