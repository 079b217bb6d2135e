-- The team as the daemon last knew it: who was told of a change of it, and since when signatures of each count.
CREATE TABLE team (
  fingerprint TEXT NOT NULL PRIMARY KEY,
  since INTEGER NOT NULL,
  body BLOB NOT NULL
) STRICT, WITHOUT ROWID;
