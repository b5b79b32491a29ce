-- What the words of a document look like from afar, as 64 hexadecimal digits: two pictures of one paper nearly agree.
ALTER TABLE documents ADD COLUMN fingerprint TEXT;
CREATE INDEX documents_by_date ON documents (issue_date);
