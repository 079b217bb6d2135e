-- Of word to users the notice that it is of: a copy of a notice has a contact, and this has none.
ALTER TABLE outbox ADD COLUMN open_notice TEXT REFERENCES notices (id);
CREATE INDEX outbox_open ON outbox (open_notice) WHERE open_notice IS NOT NULL;
