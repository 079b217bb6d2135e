-- Cases and notices as they are from here on; sealed ones of before cannot be read: see OLDEST_SCHEMA.

-- The enhanced status code of the last answer or delivery report (RFC 3463), like 5.7.1.
ALTER TABLE outbox ADD COLUMN last_status TEXT;
