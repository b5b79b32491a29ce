-- What the checks need beside the draft: what the person who hands it in says, and what other documents are found by.
ALTER TABLE documents ADD COLUMN claimant_id TEXT REFERENCES people (id);
ALTER TABLE documents ADD COLUMN department TEXT;
ALTER TABLE documents ADD COLUMN project TEXT;
ALTER TABLE documents ADD COLUMN attendees TEXT;
ALTER TABLE documents ADD COLUMN note TEXT;
ALTER TABLE documents ADD COLUMN claimed_minor BIGINT;
ALTER TABLE documents ADD COLUMN claimed_currency TEXT;
ALTER TABLE documents ADD COLUMN card_minor BIGINT;
ALTER TABLE documents ADD COLUMN card_currency TEXT;
-- The total in the firm's own currency, and the rate that made it.
ALTER TABLE documents ADD COLUMN home_minor BIGINT;
ALTER TABLE documents ADD COLUMN home_currency TEXT;
ALTER TABLE documents ADD COLUMN rate TEXT;
ALTER TABLE documents ADD COLUMN rate_source TEXT;
ALTER TABLE documents ADD COLUMN rate_date TEXT;
-- Taken from the draft and its pages.
ALTER TABLE documents ADD COLUMN kind TEXT;
ALTER TABLE documents ADD COLUMN fapiao TEXT;
ALTER TABLE documents ADD COLUMN tax_id TEXT;
ALTER TABLE documents ADD COLUMN bank_accounts TEXT;

CREATE INDEX documents_by_number ON documents (supplier_key, document_number);
CREATE INDEX documents_by_total ON documents (total_minor, currency, issue_date);
CREATE INDEX documents_by_fapiao ON documents (fapiao);
CREATE INDEX documents_by_claimant ON documents (claimant_id, issue_date);

-- Units of a currency for one unit of the source's base, by day.
CREATE TABLE rates (
    source TEXT NOT NULL,
    currency TEXT NOT NULL,
    date TEXT NOT NULL,
    rate TEXT NOT NULL,
    base TEXT NOT NULL,
    PRIMARY KEY (source, currency, date)
);

UPDATE documents SET claimant_id = submitter_id;
