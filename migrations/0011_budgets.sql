-- How soon each company may be called: one row a company, shared by every process.
CREATE TABLE budgets (
    -- `quickbooks:` or `xero:` and the company's id there
    company TEXT PRIMARY KEY,
    -- The next free turn; turns before it are taken.
    next_at_us BIGINT NOT NULL,
    -- The ledger asked us to wait until then.
    blocked_until_us BIGINT NOT NULL,
    -- What the ledger said last about the calls left today, and when.
    day_left BIGINT,
    day_at_us BIGINT,
    -- The processes that took turns lately: `name=until` in microseconds, one after the other.
    holders TEXT NOT NULL,
    version BIGINT NOT NULL
);
