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

-- Of a purged case the bodies go and their digests stay, which is all that the audit chain covers.
ALTER TABLE journal ADD COLUMN purged_digest BLOB;
CREATE INDEX journal_purged ON journal (stream) WHERE purged_digest IS NOT NULL;
DROP TRIGGER journal_never_updated;
CREATE TRIGGER journal_never_updated BEFORE UPDATE ON journal
  WHEN NOT (OLD.purged_digest IS NULL AND length(NEW.purged_digest) = 32 AND length(NEW.body) = 0
    AND NEW.seq = OLD.seq AND NEW.audit = OLD.audit AND NEW.project = OLD.project AND NEW.stream = OLD.stream
    AND NEW.revision = OLD.revision AND NEW.at = OLD.at AND NEW.kind = OLD.kind AND NEW.inbound IS OLD.inbound)
  BEGIN SELECT RAISE(ABORT, 'journal is append-only'); END;

-- Its octets are gone on purpose: they are not lost, and nobody puts them back.
ALTER TABLE inbound ADD COLUMN purged INTEGER NOT NULL DEFAULT 0 CHECK (purged IN (0, 1));
