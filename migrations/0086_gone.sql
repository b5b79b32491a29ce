-- Entries of a posting that are known to be gone, as a JSON list of the ledger's ids: a look does not stop at them again.
ALTER TABLE postings ADD COLUMN gone TEXT;
