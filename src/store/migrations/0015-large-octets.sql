-- Large octets lie in pieces, so that nobody has to hold them whole: the first piece where it always was, the rest
-- here.

CREATE TABLE raw_mail_rest (
  owner INTEGER NOT NULL REFERENCES inbound (id),
  piece INTEGER NOT NULL,
  octets BLOB NOT NULL,
  PRIMARY KEY (owner, piece)
) STRICT;

CREATE TABLE payloads_rest (
  owner INTEGER NOT NULL REFERENCES payloads (id),
  piece INTEGER NOT NULL,
  octets BLOB NOT NULL,
  PRIMARY KEY (owner, piece)
) STRICT;
