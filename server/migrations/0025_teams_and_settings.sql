-- People who register themselves, teams of restaurants, mail, the audit log, and the settings that owners change.
-- Each new table is distributed by the value it is looked up by. Servers of the version before go on: new columns have
-- defaults, and an unknown role has the least rights there.

ALTER TABLE staff_memberships DROP CONSTRAINT staff_memberships_role_check;
-- 'staff' is written by the version before and is read as 'floor'.
ALTER TABLE staff_memberships ADD CONSTRAINT staff_memberships_role_check
    CHECK (role IN ('owner', 'manager', 'kitchen', 'floor', 'staff'));

-- One row a person, beside the memberships. Sessions opened before sessions_from are ended. An account of the version
-- before gets its row with the next sign-in.
CREATE TABLE staff_people (
    staff_id uuid PRIMARY KEY,
    email text NOT NULL,
    name text NOT NULL,
    operator boolean NOT NULL,
    sessions_from timestamptz NOT NULL,
    created_at timestamptz NOT NULL
);

-- The sessions of a person, for their list; `sessions` decides which are open.
CREATE TABLE staff_sessions (
    staff_id uuid NOT NULL,
    fingerprint text NOT NULL,
    device text NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (staff_id, fingerprint)
);

-- Public keys of devices that sign a person in without a password.
CREATE TABLE passkeys (
    staff_id uuid NOT NULL,
    credential_id text NOT NULL,
    name text NOT NULL,
    credential jsonb NOT NULL,
    created_at timestamptz NOT NULL,
    used_at timestamptz,
    PRIMARY KEY (staff_id, credential_id)
);

-- Secrets of links in mails, by their SHA-256: for one purpose, one address, once.
CREATE TABLE account_tokens (
    fingerprint text PRIMARY KEY,
    purpose text NOT NULL CHECK (purpose IN ('register', 'reset', 'change_email', 'invite')),
    email text NOT NULL,
    payload jsonb NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at timestamptz
);

-- Mail that is to be sent, beside the account of its receiver.
CREATE TABLE mails (
    email text NOT NULL,
    mail_id uuid NOT NULL,
    kind text NOT NULL,
    subject text NOT NULL,
    text_body text NOT NULL,
    html_body text NOT NULL,
    attempts integer NOT NULL,
    run_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL,
    sent_at timestamptz,
    PRIMARY KEY (email, mail_id)
);
CREATE INDEX mails_due ON mails (run_at) WHERE sent_at IS NULL;

-- The team of a restaurant for its own pages; staff_memberships decides who may sign in where.
CREATE TABLE team_members (
    restaurant_id uuid NOT NULL,
    staff_id uuid NOT NULL,
    email text NOT NULL,
    name text NOT NULL,
    role text NOT NULL,
    joined_at timestamptz NOT NULL,
    PRIMARY KEY (restaurant_id, staff_id)
);

CREATE TABLE invitations (
    restaurant_id uuid NOT NULL,
    invitation_id uuid NOT NULL,
    email text NOT NULL,
    role text NOT NULL,
    invited_by text NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    accepted_at timestamptz,
    withdrawn_at timestamptz,
    PRIMARY KEY (restaurant_id, invitation_id)
);

-- Who changed what, with the old and the new value; written in the transaction of the change.
CREATE TABLE audit_log (
    restaurant_id uuid NOT NULL,
    entry_id uuid NOT NULL,
    at timestamptz NOT NULL,
    actor text NOT NULL CHECK (actor IN ('staff', 'operator', 'system')),
    staff_id uuid,
    actor_name text NOT NULL,
    action text NOT NULL,
    subject text NOT NULL,
    before jsonb NOT NULL,
    after jsonb NOT NULL,
    PRIMARY KEY (restaurant_id, entry_id)
);
CREATE INDEX audit_log_by_time ON audit_log (restaurant_id, at);

-- Hours of one service mode; a mode without rows has the restaurant's.
CREATE TABLE mode_hours (
    restaurant_id uuid NOT NULL REFERENCES restaurants,
    mode text NOT NULL CHECK (mode IN ('pickup', 'delivery', 'dine_in')),
    weekday smallint NOT NULL CHECK (weekday BETWEEN 1 AND 7),
    opens_minute smallint NOT NULL CHECK (opens_minute BETWEEN 0 AND 1439),
    closes_minute smallint NOT NULL CHECK (closes_minute > opens_minute AND closes_minute <= opens_minute + 1440),
    PRIMARY KEY (restaurant_id, mode, weekday, opens_minute)
);

-- listing: 'draft' (its team alone sees it), 'review' (waits for an operator), 'published', 'suspended' (by an operator).
-- retention_days: how long names, phones and addresses of guests are kept after an order.
DO $$
BEGIN
    ALTER TABLE restaurants
        ADD COLUMN listing text NOT NULL DEFAULT 'published',
        ADD COLUMN legal_name text NOT NULL DEFAULT '',
        ADD COLUMN tax_number text NOT NULL DEFAULT '',
        ADD COLUMN contact_email text NOT NULL DEFAULT '',
        ADD COLUMN retention_days integer NOT NULL DEFAULT 90;
    ALTER TABLE service_modes ADD COLUMN minimum_minor bigint NOT NULL DEFAULT 0;
END
$$;
