-- Why the admins were last alerted that a notice which is due does not go; null: they were not.
ALTER TABLE notices ADD COLUMN told_waits TEXT;
