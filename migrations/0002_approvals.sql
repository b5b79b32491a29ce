-- Approvals: one row a document, with everything that happened to it; replaying the events gives its state.
CREATE TABLE approvals (
    document_id TEXT PRIMARY KEY REFERENCES documents (id),
    -- The policy that it keeps, in full: a published version never changes, and neither does this.
    policy_version BIGINT NOT NULL,
    policy_json TEXT NOT NULL,
    events_json TEXT NOT NULL,
    -- Approvals of this document that ended before it was sent again, such as withdrawn ones.
    earlier_json TEXT NOT NULL
);

-- What people have to do; worked out from the approvals, and replaced with them.
CREATE TABLE tasks (
    document_id TEXT NOT NULL REFERENCES documents (id),
    number BIGINT NOT NULL,
    person_id TEXT NOT NULL REFERENCES people (id),
    node TEXT NOT NULL,
    since_us BIGINT NOT NULL,
    -- When the next of the node's time-outs is reached; empty where it has none.
    due_us BIGINT,
    PRIMARY KEY (document_id, number)
);
CREATE INDEX tasks_by_person ON tasks (person_id, since_us);
CREATE INDEX tasks_by_due ON tasks (due_us);

-- The firm: whom people report to, and where they work.
ALTER TABLE people ADD COLUMN firm_roles TEXT NOT NULL DEFAULT '';
ALTER TABLE people ADD COLUMN department TEXT;
ALTER TABLE people ADD COLUMN manager_id TEXT REFERENCES people (id);
ALTER TABLE people ADD COLUMN successor_id TEXT REFERENCES people (id);

CREATE TABLE departments (
    name TEXT PRIMARY KEY,
    head_id TEXT REFERENCES people (id),
    parent TEXT
);

CREATE TABLE projects (
    code TEXT PRIMARY KEY,
    owner_id TEXT REFERENCES people (id)
);

CREATE TABLE delegations (
    id TEXT PRIMARY KEY,
    from_id TEXT NOT NULL REFERENCES people (id),
    to_id TEXT NOT NULL REFERENCES people (id),
    first_day TEXT NOT NULL,
    last_day TEXT NOT NULL,
    -- In the firm's own currency, minor units; empty: any amount.
    amount_max_minor BIGINT,
    currency TEXT
);
CREATE INDEX delegations_by_from ON delegations (from_id);

-- What people say about a document to each other.
CREATE TABLE comments (
    id TEXT PRIMARY KEY,
    document_id TEXT NOT NULL REFERENCES documents (id),
    person_id TEXT NOT NULL REFERENCES people (id),
    text TEXT NOT NULL,
    mentions TEXT NOT NULL,
    at_us BIGINT NOT NULL
);
CREATE INDEX comments_by_document ON comments (document_id, at_us);
