-- Which case a report opened that somebody forwarded: by the digest of its octets, and by that of what it says.
CREATE TABLE case_mails (
  digest TEXT NOT NULL PRIMARY KEY,
  case_id TEXT NOT NULL REFERENCES cases (id)
) STRICT, WITHOUT ROWID;

-- From a mail to the case that it opened or joined.
CREATE INDEX journal_inbound ON journal (inbound) WHERE inbound IS NOT NULL;
