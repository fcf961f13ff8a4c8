-- Restaurants, their hours and terms, and their menus. Plain PostgreSQL that obeys the rules of Citus:
-- restaurant_id is first in every key, no triggers, no sequences, no defaults that a worker would compute.

CREATE TABLE restaurants (
    restaurant_id uuid PRIMARY KEY,
    slug text NOT NULL,
    name text NOT NULL,
    language text NOT NULL,
    zone text NOT NULL,
    currency char(3) NOT NULL,
    region text NOT NULL,
    cuisines text[] NOT NULL,
    tagline text NOT NULL,
    description text NOT NULL,
    address text NOT NULL,
    phone text NOT NULL,
    latitude double precision NOT NULL,
    longitude double precision NOT NULL,
    picture text,
    search_text text NOT NULL,
    last_order_minutes integer NOT NULL CHECK (last_order_minutes BETWEEN 0 AND 240),
    tip_percents integer[] NOT NULL,
    menu_version bigint NOT NULL CHECK (menu_version > 0),
    paused_until timestamptz
);

-- Names restaurants in addresses; placed by slug so that a page finds its tenant with one look-up.
CREATE TABLE slugs (
    slug text PRIMARY KEY,
    restaurant_id uuid NOT NULL
);

-- Wall-clock minutes since midnight; closes_minute beyond 1440 means after midnight.
CREATE TABLE opening_hours (
    restaurant_id uuid NOT NULL REFERENCES restaurants,
    weekday smallint NOT NULL CHECK (weekday BETWEEN 1 AND 7),
    opens_minute smallint NOT NULL CHECK (opens_minute BETWEEN 0 AND 1439),
    closes_minute smallint NOT NULL CHECK (closes_minute > opens_minute AND closes_minute <= opens_minute + 1440),
    PRIMARY KEY (restaurant_id, weekday, opens_minute)
);

-- A date whose hours differ; a closed date has one row without times.
CREATE TABLE hours_exceptions (
    restaurant_id uuid NOT NULL REFERENCES restaurants,
    on_date date NOT NULL,
    position smallint NOT NULL,
    opens_minute smallint,
    closes_minute smallint,
    note text NOT NULL,
    PRIMARY KEY (restaurant_id, on_date, position),
    CHECK ((opens_minute IS NULL) = (closes_minute IS NULL))
);

CREATE TABLE service_modes (
    restaurant_id uuid NOT NULL REFERENCES restaurants,
    mode text NOT NULL CHECK (mode IN ('pickup', 'delivery', 'dine_in')),
    lead_minutes integer NOT NULL CHECK (lead_minutes BETWEEN 0 AND 600),
    slot_minutes integer NOT NULL CHECK (slot_minutes BETWEEN 5 AND 240),
    orders_per_slot integer CHECK (orders_per_slot > 0),
    tables text[] NOT NULL,
    PRIMARY KEY (restaurant_id, mode)
);

CREATE TABLE delivery_zones (
    restaurant_id uuid NOT NULL REFERENCES restaurants,
    position smallint NOT NULL,
    name text NOT NULL,
    postcodes text[] NOT NULL,
    fee_minor bigint NOT NULL CHECK (fee_minor >= 0),
    minimum_minor bigint NOT NULL CHECK (minimum_minor >= 0),
    free_from_minor bigint CHECK (free_from_minor >= 0),
    PRIMARY KEY (restaurant_id, position)
);

CREATE TABLE charges (
    restaurant_id uuid NOT NULL REFERENCES restaurants,
    position smallint NOT NULL,
    name text NOT NULL,
    modes text[] NOT NULL,
    fixed_minor bigint CHECK (fixed_minor >= 0),
    percent integer CHECK (percent BETWEEN 0 AND 100),
    PRIMARY KEY (restaurant_id, position),
    CHECK ((fixed_minor IS NULL) <> (percent IS NULL))
);

CREATE TABLE sections (
    restaurant_id uuid NOT NULL REFERENCES restaurants,
    section_id uuid NOT NULL,
    position integer NOT NULL,
    name text NOT NULL,
    description text NOT NULL,
    PRIMARY KEY (restaurant_id, section_id)
);

-- When a section can be ordered; a section without rows always can.
CREATE TABLE section_hours (
    restaurant_id uuid NOT NULL,
    section_id uuid NOT NULL,
    weekday smallint NOT NULL CHECK (weekday BETWEEN 1 AND 7),
    opens_minute smallint NOT NULL CHECK (opens_minute BETWEEN 0 AND 1439),
    closes_minute smallint NOT NULL CHECK (closes_minute > opens_minute AND closes_minute <= opens_minute + 1440),
    PRIMARY KEY (restaurant_id, section_id, weekday, opens_minute),
    FOREIGN KEY (restaurant_id, section_id) REFERENCES sections ON DELETE CASCADE
);

-- sold_out_until: 'infinity' is until somebody says otherwise.
CREATE TABLE items (
    restaurant_id uuid NOT NULL,
    item_id uuid NOT NULL,
    section_id uuid NOT NULL,
    position integer NOT NULL,
    name text NOT NULL,
    name_en text,
    kitchen_name text NOT NULL,
    description text NOT NULL,
    picture text,
    allergens text[] NOT NULL,
    may_contain text[] NOT NULL,
    diets text[] NOT NULL,
    min_age smallint,
    kcal integer,
    search_text text NOT NULL,
    sold_out_until timestamptz,
    PRIMARY KEY (restaurant_id, item_id),
    FOREIGN KEY (restaurant_id, section_id) REFERENCES sections
);

CREATE TABLE variants (
    restaurant_id uuid NOT NULL,
    variant_id uuid NOT NULL,
    item_id uuid NOT NULL,
    position integer NOT NULL,
    size text NOT NULL,
    name text NOT NULL,
    price_minor bigint NOT NULL CHECK (price_minor >= 0),
    PRIMARY KEY (restaurant_id, variant_id),
    FOREIGN KEY (restaurant_id, item_id) REFERENCES items ON DELETE CASCADE
);

CREATE TABLE modifier_groups (
    restaurant_id uuid NOT NULL REFERENCES restaurants,
    group_id uuid NOT NULL,
    name text NOT NULL,
    min_picks integer NOT NULL CHECK (min_picks >= 0),
    max_picks integer NOT NULL CHECK (max_picks >= 1 AND max_picks >= min_picks),
    free_picks integer NOT NULL CHECK (free_picks >= 0),
    PRIMARY KEY (restaurant_id, group_id)
);

-- size_prices: {"large": 220}, prices by the size of the variant, in minor units.
CREATE TABLE modifiers (
    restaurant_id uuid NOT NULL,
    modifier_id uuid NOT NULL,
    group_id uuid NOT NULL,
    position integer NOT NULL,
    name text NOT NULL,
    price_minor bigint NOT NULL CHECK (price_minor >= 0),
    size_prices jsonb NOT NULL,
    max_picks integer NOT NULL CHECK (max_picks >= 1),
    preselected boolean NOT NULL,
    allergens text[] NOT NULL,
    sold_out_until timestamptz,
    PRIMARY KEY (restaurant_id, modifier_id),
    FOREIGN KEY (restaurant_id, group_id) REFERENCES modifier_groups ON DELETE CASCADE
);

-- Bounds of its own where an item needs them; null takes the group's.
CREATE TABLE item_groups (
    restaurant_id uuid NOT NULL,
    item_id uuid NOT NULL,
    group_id uuid NOT NULL,
    position integer NOT NULL,
    min_picks integer,
    max_picks integer,
    free_picks integer,
    PRIMARY KEY (restaurant_id, item_id, group_id),
    FOREIGN KEY (restaurant_id, item_id) REFERENCES items ON DELETE CASCADE,
    FOREIGN KEY (restaurant_id, group_id) REFERENCES modifier_groups ON DELETE CASCADE
);

CREATE INDEX sections_by_position ON sections (restaurant_id, position);
CREATE INDEX items_by_section ON items (restaurant_id, section_id, position);
CREATE INDEX variants_by_item ON variants (restaurant_id, item_id, position);
CREATE INDEX modifiers_by_group ON modifiers (restaurant_id, group_id, position);

-- One per guest's browser and restaurant. lines: a list of cart lines as the wire writes them.
CREATE TABLE carts (
    restaurant_id uuid NOT NULL,
    visitor_id uuid NOT NULL,
    mode text NOT NULL,
    lines jsonb NOT NULL,
    revision bigint NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (restaurant_id, visitor_id)
);
