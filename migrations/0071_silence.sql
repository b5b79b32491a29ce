-- Since when a company's ledger has given no usable answer to a posting; NULL while it answers.
ALTER TABLE budgets ADD COLUMN silent_since_us BIGINT;
