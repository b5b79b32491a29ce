-- A posting is written by whoever took it last: the version is compared and set, so a worker that slept past its lease
-- cannot write over what another did meanwhile.
ALTER TABLE postings ADD COLUMN version BIGINT NOT NULL DEFAULT 0;
-- When the entry was sent last, with which request key, and since when that key is used.
ALTER TABLE postings ADD COLUMN entry_tried_at_us BIGINT;
ALTER TABLE postings ADD COLUMN entry_key TEXT;
ALTER TABLE postings ADD COLUMN entry_key_at_us BIGINT;

-- Whether a newer job of the same document is there.
CREATE INDEX jobs_by_subject ON jobs (subject, kind);
