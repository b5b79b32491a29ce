-- What each company's books hold, as last looked at: every bill and expense there, ours and others'.
CREATE TABLE ledger_entries (
    connection_id TEXT NOT NULL REFERENCES connections (id),
    -- paid | bill
    resource TEXT NOT NULL,
    external_id TEXT NOT NULL,
    number TEXT,
    -- The number in small letters and digits only, for finding it however it was typed.
    number_key TEXT,
    supplier_id TEXT,
    supplier_name TEXT,
    supplier_key TEXT,
    total TEXT NOT NULL,
    currency TEXT NOT NULL,
    issue_date TEXT,
    live BIGINT NOT NULL,
    -- Paid or reconciled there.
    settled BIGINT NOT NULL,
    account TEXT,
    tax_code TEXT,
    -- Our reference, where it carries one.
    reference TEXT,
    url TEXT,
    seen_at_us BIGINT NOT NULL,
    PRIMARY KEY (connection_id, resource, external_id)
);
CREATE INDEX ledger_entries_by_number ON ledger_entries (number_key);
CREATE INDEX ledger_entries_by_supplier ON ledger_entries (supplier_key, issue_date);
CREATE INDEX ledger_entries_by_reference ON ledger_entries (reference);

-- What differs between vouch and a ledger, until it does not any more.
CREATE TABLE drifts (
    id TEXT PRIMARY KEY,
    connection_id TEXT NOT NULL REFERENCES connections (id),
    resource TEXT NOT NULL,
    external_id TEXT NOT NULL,
    -- removed | total | currency | date | supplier | unapproved | twice
    kind TEXT NOT NULL,
    document_id TEXT REFERENCES documents (id),
    supplier TEXT NOT NULL,
    -- What was approved and what the ledger has, for people; empty where there is nothing to say.
    approved TEXT NOT NULL,
    found TEXT NOT NULL,
    url TEXT,
    since_us BIGINT NOT NULL,
    -- Who said that it is all right, and when.
    accepted_by TEXT REFERENCES people (id),
    accepted_at_us BIGINT,
    UNIQUE (connection_id, resource, external_id, kind)
);
CREATE INDEX drifts_by_document ON drifts (document_id);

-- How far each company's changes have been followed, in the ledger's own time.
ALTER TABLE connections ADD COLUMN changes_until_us BIGINT;
ALTER TABLE connections ADD COLUMN compared_at_us BIGINT;

-- Events that the ledgers announced; each is heard once.
CREATE TABLE webhook_events (
    id TEXT PRIMARY KEY,
    ledger TEXT NOT NULL,
    company_id TEXT NOT NULL,
    received_at_us BIGINT NOT NULL
);
CREATE INDEX webhook_events_by_time ON webhook_events (received_at_us);
