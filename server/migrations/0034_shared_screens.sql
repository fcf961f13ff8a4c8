-- Shared screens of restaurants, and the PINs with which people say at one of them who they are. All on the restaurant's
-- shard, where the team is.

CREATE TABLE shared_screens (
    restaurant_id uuid NOT NULL,
    screen_id uuid NOT NULL,
    name text NOT NULL,
    role text NOT NULL,
    -- After these minutes without an action no one works at it any more.
    idle_minutes integer NOT NULL CHECK (idle_minutes BETWEEN 1 AND 1440),
    -- SHA-256 of the secret of its device.
    fingerprint text NOT NULL,
    device text NOT NULL,
    started_by text NOT NULL,
    started_at timestamptz NOT NULL,
    seen_at timestamptz NOT NULL,
    -- Who works at it, since when, and their last action.
    staff_id uuid,
    staff_since timestamptz,
    acted_at timestamptz,
    PRIMARY KEY (restaurant_id, screen_id)
);

CREATE TABLE pins (
    restaurant_id uuid NOT NULL,
    staff_id uuid NOT NULL,
    -- argon2id, like passwords.
    hash text NOT NULL,
    set_at timestamptz NOT NULL,
    PRIMARY KEY (restaurant_id, staff_id)
);

-- Wrong PINs of a person at a screen: guessing at one screen locks the person nowhere else.
CREATE TABLE pin_tries (
    restaurant_id uuid NOT NULL,
    screen_id uuid NOT NULL,
    staff_id uuid NOT NULL,
    failures integer NOT NULL,
    tried_at timestamptz NOT NULL,
    PRIMARY KEY (restaurant_id, screen_id, staff_id)
);

-- Slugs that a restaurant has reserved, to free the oldest ones. Those of before are reserved for good.
CREATE TABLE reserved_slugs (
    restaurant_id uuid NOT NULL,
    slug text NOT NULL,
    reserved_at timestamptz NOT NULL,
    PRIMARY KEY (restaurant_id, slug)
);
