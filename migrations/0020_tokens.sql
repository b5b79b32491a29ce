-- How long an access token lasted when it was given, and until when its consent holds at the latest.
ALTER TABLE tokens ADD COLUMN access_lasts_us BIGINT NOT NULL DEFAULT 0;
ALTER TABLE tokens ADD COLUMN consent_until_us BIGINT;

-- The secret half of a consent's proof key (PKCE), sealed.
ALTER TABLE consents ADD COLUMN verifier_sealed TEXT;
