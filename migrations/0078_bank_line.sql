-- The line of the bank's or card's statement that paid for a document: as typed, and its letters and digits only.
ALTER TABLE documents ADD COLUMN bank_line TEXT;
ALTER TABLE documents ADD COLUMN bank_line_key TEXT;
CREATE INDEX documents_by_bank_line ON documents (bank_line_key);
