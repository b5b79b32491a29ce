-- Whom the policy has told about a document: they may see it.
CREATE TABLE told (
    document_id TEXT NOT NULL REFERENCES documents (id),
    person_id TEXT NOT NULL REFERENCES people (id),
    PRIMARY KEY (document_id, person_id)
);
