-- What an entry was charged to when it was posted: accounts, tax codes, classes and the like, as JSON.
ALTER TABLE postings ADD COLUMN charged TEXT;
