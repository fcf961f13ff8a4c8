-- People who work for restaurants, and their sessions; each table placed by what it is looked up by.

CREATE TABLE staff_accounts (
    email text PRIMARY KEY,
    staff_id uuid NOT NULL,
    name text NOT NULL,
    password_hash text NOT NULL,
    failures integer NOT NULL,
    locked_until timestamptz
);

CREATE TABLE staff_memberships (
    staff_id uuid NOT NULL,
    restaurant_id uuid NOT NULL,
    slug text NOT NULL,
    restaurant_name text NOT NULL,
    role text NOT NULL CHECK (role IN ('owner', 'staff')),
    PRIMARY KEY (staff_id, restaurant_id)
);

-- Only a fingerprint of the token is kept: who reads the table cannot sign in with it.
CREATE TABLE sessions (
    fingerprint text PRIMARY KEY,
    staff_id uuid NOT NULL,
    staff_name text NOT NULL,
    created_at timestamptz NOT NULL,
    seen_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL
);
