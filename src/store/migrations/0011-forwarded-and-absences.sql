-- Which case a report opened that somebody forwarded: by the digest of its octets, and by that of what it says.
CREATE TABLE case_mails (
  digest TEXT NOT NULL PRIMARY KEY,
  case_id TEXT NOT NULL REFERENCES cases (id)
) STRICT, WITHOUT ROWID;

-- Its one row: who is away.
CREATE TABLE absences (
  id TEXT NOT NULL PRIMARY KEY CHECK (id = 'absences'),
  revision INTEGER NOT NULL,
  body BLOB NOT NULL
) STRICT;

-- From a mail to the case that it opened or joined.
CREATE INDEX journal_inbound ON journal (inbound) WHERE inbound IS NOT NULL;
