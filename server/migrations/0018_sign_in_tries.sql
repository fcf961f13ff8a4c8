-- Tries to sign in that did not end with the right password, for each account and each place they come from: guessing from
-- one place locks no other. Beside the accounts on a cluster. The origin is a fingerprint, so that no address of a person
-- is kept. The counters in staff_accounts are still written by servers of the version before, and read by none of this one.

CREATE TABLE sign_in_tries (
    email text NOT NULL,
    origin text NOT NULL,
    failures integer NOT NULL,
    tried_at timestamptz NOT NULL,
    PRIMARY KEY (email, origin)
);
