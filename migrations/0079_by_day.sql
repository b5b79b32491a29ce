-- Papers of one day are told apart by their number before the table itself is read.
DROP INDEX documents_by_date;
CREATE INDEX documents_by_date ON documents (issue_date, document_number);
