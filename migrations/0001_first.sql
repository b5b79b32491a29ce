-- One text for SQLite and PostgreSQL: every column is TEXT or BIGINT.
-- Instants are microseconds since 1970 (…_us), dates are YYYY-MM-DD, truth values are 0 or 1.

CREATE TABLE people (
    id TEXT PRIMARY KEY,
    email TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    roles TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    active BIGINT NOT NULL,
    created_at_us BIGINT NOT NULL
);

CREATE TABLE sessions (
    token_sha256 TEXT PRIMARY KEY,
    person_id TEXT NOT NULL REFERENCES people (id),
    csrf TEXT NOT NULL,
    expires_at_us BIGINT NOT NULL
);

-- Wrong passwords, for slowing down whoever tries many.
CREATE TABLE sign_in_failures (
    id TEXT PRIMARY KEY,
    email TEXT NOT NULL,
    at_us BIGINT NOT NULL
);
CREATE INDEX sign_in_failures_by_email ON sign_in_failures (email, at_us);

-- The QuickBooks companies and Xero organisations that vouch may post to.
CREATE TABLE connections (
    id TEXT PRIMARY KEY,
    ledger TEXT NOT NULL,
    company_id TEXT NOT NULL,
    name TEXT NOT NULL,
    home_currency TEXT NOT NULL,
    multi_currency BIGINT NOT NULL,
    country TEXT,
    closed_until TEXT,
    token_id TEXT NOT NULL,
    -- connected | consent_needed | disconnected
    state TEXT NOT NULL,
    synced_at_us BIGINT,
    created_at_us BIGINT NOT NULL,
    UNIQUE (ledger, company_id)
);

-- One row a QuickBooks realm or Xero user; the secrets are sealed.
CREATE TABLE tokens (
    id TEXT PRIMARY KEY,
    ledger TEXT NOT NULL,
    access_sealed TEXT NOT NULL,
    refresh_sealed TEXT NOT NULL,
    access_expires_at_us BIGINT NOT NULL,
    version BIGINT NOT NULL,
    -- Whoever refreshes holds this lease, across processes.
    locked_until_us BIGINT
);

-- Consents that were begun and not yet answered.
CREATE TABLE consents (
    state TEXT PRIMARY KEY,
    ledger TEXT NOT NULL,
    person_id TEXT NOT NULL REFERENCES people (id),
    expires_at_us BIGINT NOT NULL
);

CREATE TABLE documents (
    id TEXT PRIMARY KEY,
    sha256 TEXT NOT NULL UNIQUE,
    media_type TEXT NOT NULL,
    file_name TEXT NOT NULL,
    bytes BIGINT NOT NULL,
    submitter_id TEXT NOT NULL REFERENCES people (id),
    category TEXT NOT NULL,
    connection_id TEXT REFERENCES connections (id),
    state TEXT NOT NULL,
    state_json TEXT NOT NULL,
    version BIGINT NOT NULL,
    draft_json TEXT,
    findings_json TEXT NOT NULL,
    findings_count BIGINT NOT NULL,
    kept BIGINT NOT NULL,
    correctors TEXT NOT NULL,
    -- What a duplicate is recognised by and lists are filtered by; taken from the draft.
    supplier_name TEXT,
    supplier_key TEXT,
    issue_date TEXT,
    total_minor BIGINT,
    currency TEXT,
    document_number TEXT,
    uploaded_at_us BIGINT NOT NULL,
    changed_at_us BIGINT NOT NULL
);
CREATE INDEX documents_by_state ON documents (state, uploaded_at_us);
CREATE INDEX documents_by_upload ON documents (uploaded_at_us, id);
CREATE INDEX documents_by_identity ON documents (supplier_key, issue_date, total_minor, currency);

-- Each time somebody handed a file over, the first time and again.
CREATE TABLE uploads (
    id TEXT PRIMARY KEY,
    document_id TEXT NOT NULL REFERENCES documents (id),
    person_id TEXT NOT NULL REFERENCES people (id),
    file_name TEXT NOT NULL,
    at_us BIGINT NOT NULL
);
CREATE INDEX uploads_by_document ON uploads (document_id, at_us);

CREATE TABLE pages (
    document_id TEXT NOT NULL REFERENCES documents (id),
    number BIGINT NOT NULL,
    page_json TEXT NOT NULL,
    picture TEXT NOT NULL,
    width BIGINT NOT NULL,
    height BIGINT NOT NULL,
    PRIMARY KEY (document_id, number)
);

-- Append-only: what happened to each document. The version makes a second row for one move impossible.
CREATE TABLE history (
    id TEXT PRIMARY KEY,
    document_id TEXT NOT NULL REFERENCES documents (id),
    version BIGINT NOT NULL,
    at_us BIGINT NOT NULL,
    -- person | system
    actor_kind TEXT NOT NULL,
    actor TEXT NOT NULL,
    event TEXT NOT NULL,
    state TEXT NOT NULL,
    detail TEXT NOT NULL,
    UNIQUE (document_id, version)
);

CREATE INDEX history_by_time ON history (at_us, id);

-- The queue: the row is the truth. Finished jobs are deleted, dead ones stay to be seen.
CREATE TABLE jobs (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    dedupe_key TEXT NOT NULL UNIQUE,
    run_at_us BIGINT NOT NULL,
    locked_until_us BIGINT,
    attempts BIGINT NOT NULL,
    last_error TEXT,
    dead_at_us BIGINT,
    created_at_us BIGINT NOT NULL
);
CREATE INDEX jobs_due ON jobs (dead_at_us, run_at_us);

-- Accounts, tax codes and suppliers of each company, as last synced.
CREATE TABLE ledger_references (
    connection_id TEXT NOT NULL REFERENCES connections (id),
    kind TEXT NOT NULL,
    external_id TEXT NOT NULL,
    code TEXT,
    name TEXT NOT NULL,
    currency TEXT,
    PRIMARY KEY (connection_id, kind, external_id)
);

-- What each category and way of paying means in each company.
CREATE TABLE mappings (
    connection_id TEXT NOT NULL REFERENCES connections (id),
    -- category_account | category_tax | paid_from
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    external_id TEXT NOT NULL,
    PRIMARY KEY (connection_id, kind, key)
);

-- One row a document and company: how far its entry has come.
CREATE TABLE postings (
    id TEXT PRIMARY KEY,
    document_id TEXT NOT NULL UNIQUE REFERENCES documents (id),
    connection_id TEXT NOT NULL REFERENCES connections (id),
    resource TEXT NOT NULL,
    reference TEXT NOT NULL,
    supplier_id TEXT,
    body TEXT,
    entry_sent_at_us BIGINT,
    external_id TEXT,
    entry_url TEXT,
    posted_total TEXT,
    attachment_sent_at_us BIGINT,
    attachment_id TEXT,
    -- What the ledger has changed since; empty while it is as approved.
    drift TEXT,
    checked_at_us BIGINT,
    created_at_us BIGINT NOT NULL
);
CREATE INDEX postings_by_connection ON postings (connection_id, created_at_us);

CREATE TABLE settings (
    key TEXT PRIMARY KEY,
    value TEXT NOT NULL
);
