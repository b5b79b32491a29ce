-- Until when one worker has the company's bills that go together; its other postings are left where they are.
ALTER TABLE budgets ADD COLUMN group_until_us BIGINT NOT NULL DEFAULT 0;
