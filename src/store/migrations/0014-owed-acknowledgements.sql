-- Acknowledgements that a limit postponed, until they are paid. `mailbox` is the address without its subaddress, in
-- lower case: who counts as one. A case that was closed as spam is owed nothing while it is.
CREATE TABLE owed_acknowledgements (
  case_id TEXT NOT NULL PRIMARY KEY REFERENCES cases (id),
  mailbox TEXT NOT NULL,
  -- The limit that was reached.
  reached TEXT NOT NULL CHECK (reached IN ('address', 'domain', 'all')),
  owed_at INTEGER NOT NULL,
  sealed_order BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX owed_acknowledgements_mailbox ON owed_acknowledgements (mailbox, owed_at);
CREATE INDEX owed_acknowledgements_reached ON owed_acknowledgements (reached, mailbox);
