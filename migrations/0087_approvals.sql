-- Approvals without what was written into each row and never read. The table is made anew, because SQLite cannot drop the
-- column: a comment stands before it in the statement that it keeps.
CREATE TABLE approvals_kept (
    document_id TEXT PRIMARY KEY REFERENCES documents (id),
    -- The policy that it keeps, in full: a published version never changes, and neither does this.
    policy_version BIGINT NOT NULL,
    policy_json TEXT NOT NULL,
    events_json TEXT NOT NULL
);
INSERT INTO approvals_kept (document_id, policy_version, policy_json, events_json)
    SELECT document_id, policy_version, policy_json, events_json FROM approvals;
DROP TABLE approvals;
ALTER TABLE approvals_kept RENAME TO approvals;
