-- What corrections taught about suppliers. Undone ones stay, with when and by whom.
CREATE TABLE hints (
    id TEXT PRIMARY KEY,
    document_id TEXT NOT NULL REFERENCES documents (id),
    person_id TEXT NOT NULL REFERENCES people (id),
    -- The supplier's name as the books have it.
    name TEXT NOT NULL,
    printed TEXT,
    tax_id TEXT,
    -- 0 | 1, or empty where it was not in doubt.
    day_first BIGINT,
    currency TEXT,
    category TEXT,
    at_us BIGINT NOT NULL,
    undone_at_us BIGINT,
    undone_by TEXT REFERENCES people (id)
);
CREATE INDEX hints_standing ON hints (undone_at_us, at_us);
