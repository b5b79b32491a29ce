-- Every version of the policy that was ever in force. A row never changes: nothing in the program updates it, and an
-- approval names the version it keeps.
CREATE TABLE policies (
    version BIGINT PRIMARY KEY,
    name TEXT NOT NULL,
    policy_json TEXT NOT NULL,
    published_at_us BIGINT NOT NULL,
    -- A person's id; empty when it came from the command line.
    published_by TEXT REFERENCES people (id)
);
