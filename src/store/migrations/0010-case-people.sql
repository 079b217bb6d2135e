-- Whose keys speak in a case, by the key ids that a signature names: reporters and engineers of fix teams.
CREATE TABLE case_keys (
  key_id TEXT NOT NULL,
  case_id TEXT NOT NULL REFERENCES cases (id),
  fingerprint TEXT NOT NULL,
  PRIMARY KEY (key_id, case_id, fingerprint)
) STRICT, WITHOUT ROWID;
CREATE INDEX case_keys_case ON case_keys (case_id);
CREATE INDEX case_keys_fingerprint ON case_keys (fingerprint);

-- One case an advisory, however many notification mails tell of it.
CREATE TABLE case_advisories (
  advisory TEXT NOT NULL PRIMARY KEY,
  case_id TEXT NOT NULL REFERENCES cases (id)
) STRICT, WITHOUT ROWID;

CREATE TABLE case_statements (
  statement TEXT NOT NULL PRIMARY KEY,
  case_id TEXT NOT NULL REFERENCES cases (id)
) STRICT, WITHOUT ROWID;
