-- The program that the file says it was worked over with, where it is one that changes pictures.
ALTER TABLE documents ADD COLUMN edited_with TEXT;
