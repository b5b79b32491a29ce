-- Notices: one row a notice, person and channel. What is told stays here, so that the same thing is never told twice.
CREATE TABLE notices (
    id TEXT PRIMARY KEY,
    -- What it is about, with the person; the same key over the same channel is the same notice.
    key TEXT NOT NULL,
    -- email | webhook | dingtalk | feishu | slack
    channel TEXT NOT NULL,
    kind TEXT NOT NULL,
    -- Whom it is for and what it says, as it was when it was written.
    notice_json TEXT NOT NULL,
    -- waiting | sending | sent | unknown | failed
    state TEXT NOT NULL,
    -- Why it did not go out, or why nobody knows.
    reason TEXT NOT NULL,
    created_at_us BIGINT NOT NULL,
    changed_at_us BIGINT NOT NULL,
    UNIQUE (key, channel)
);
CREATE INDEX notices_by_state ON notices (state, changed_at_us);

-- The language a person chose on the pages; empty while they chose none.
ALTER TABLE people ADD COLUMN language TEXT;
