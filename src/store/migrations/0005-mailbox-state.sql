-- How the daemon last found each mailbox, for `status`: its state since an instant, and the last look at it all of
-- whose mail is stored.
ALTER TABLE mailboxes ADD COLUMN state TEXT;
ALTER TABLE mailboxes ADD COLUMN since INTEGER;
ALTER TABLE mailboxes ADD COLUMN looked_at INTEGER;
