-- Several papers in one picture: each is a document of its own, and says of which picture it is which part, and under
-- what name its own picture, cut out and straightened, is kept. The document that was uploaded is the first part.
-- A picture that a person says is one document, however many papers are seen in it, is part 1 of 1 of itself.
ALTER TABLE documents ADD COLUMN part_of TEXT;
ALTER TABLE documents ADD COLUMN part_number BIGINT;
ALTER TABLE documents ADD COLUMN part_count BIGINT;
ALTER TABLE documents ADD COLUMN part_sha256 TEXT;
ALTER TABLE documents ADD COLUMN part_bytes BIGINT;
CREATE UNIQUE INDEX documents_by_part ON documents (part_of, part_number);
