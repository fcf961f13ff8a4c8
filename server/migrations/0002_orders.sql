-- Orders and everything that must be atomic with one: all of it in the restaurant's shard.

-- The hot row of a restaurant: the number called out at the counter, and the position of its event log.
CREATE TABLE order_counters (
    restaurant_id uuid PRIMARY KEY,
    last_number bigint NOT NULL,
    last_seq bigint NOT NULL
);

-- bill: the frozen bill as guests see it. wanted_at: null is as soon as possible. slot_at: the window whose place the
-- order holds; null where windows have no limit.
CREATE TABLE orders (
    restaurant_id uuid NOT NULL,
    order_id uuid NOT NULL,
    token text NOT NULL,
    number bigint NOT NULL,
    version bigint NOT NULL,
    seq bigint NOT NULL,
    status text NOT NULL CHECK (status IN ('placed', 'accepted', 'in_preparation', 'ready', 'out_for_delivery', 'completed', 'rejected', 'cancelled')),
    payment text NOT NULL CHECK (payment IN ('due', 'collected', 'void')),
    mode text NOT NULL CHECK (mode IN ('pickup', 'delivery', 'dine_in')),
    placed_at timestamptz NOT NULL,
    wanted_at timestamptz,
    estimated_at timestamptz NOT NULL,
    slot_at timestamptz,
    promised_at timestamptz,
    moved_at timestamptz NOT NULL,
    acknowledged_at timestamptz,
    guest_name text NOT NULL,
    guest_phone text NOT NULL,
    guest_email text NOT NULL,
    place text NOT NULL,
    note text NOT NULL,
    currency char(3) NOT NULL,
    subtotal_minor bigint NOT NULL CHECK (subtotal_minor >= 0),
    tip_minor bigint NOT NULL CHECK (tip_minor >= 0),
    total_minor bigint NOT NULL CHECK (total_minor >= subtotal_minor),
    menu_version bigint NOT NULL,
    bill jsonb NOT NULL,
    reason text,
    reason_words text NOT NULL,
    PRIMARY KEY (restaurant_id, order_id),
    UNIQUE (restaurant_id, token)
);

CREATE INDEX orders_by_status ON orders (restaurant_id, status, placed_at);
CREATE INDEX orders_by_time ON orders (restaurant_id, moved_at);

-- snapshot: the priced line as guest and kitchen read it, words and allergens included.
CREATE TABLE order_lines (
    restaurant_id uuid NOT NULL,
    order_id uuid NOT NULL,
    position smallint NOT NULL,
    item_id uuid NOT NULL,
    variant_id uuid NOT NULL,
    name text NOT NULL,
    quantity integer NOT NULL CHECK (quantity BETWEEN 1 AND 99),
    unit_minor bigint NOT NULL CHECK (unit_minor >= 0),
    total_minor bigint NOT NULL CHECK (total_minor = unit_minor * quantity),
    snapshot jsonb NOT NULL,
    PRIMARY KEY (restaurant_id, order_id, position),
    FOREIGN KEY (restaurant_id, order_id) REFERENCES orders
);

-- The truth: seq has no gaps within a restaurant, version none within an order.
-- promised_at is the promise after the event, reason and words those given with it.
CREATE TABLE order_events (
    restaurant_id uuid NOT NULL,
    seq bigint NOT NULL,
    order_id uuid NOT NULL,
    version bigint NOT NULL,
    verb text NOT NULL,
    from_status text,
    to_status text NOT NULL,
    actor text NOT NULL CHECK (actor IN ('guest', 'staff', 'system')),
    staff_id uuid,
    reason text,
    words text NOT NULL,
    promised_at timestamptz,
    at timestamptz NOT NULL,
    PRIMARY KEY (restaurant_id, seq),
    UNIQUE (restaurant_id, order_id, version)
);

-- A key names one request for ever. Answering a retry counts it up, so that every answer was itself a durable write.
-- scope: 'place' (the answer is the order) or 'move' (the answer is the order's version after the move).
CREATE TABLE idempotency_keys (
    restaurant_id uuid NOT NULL,
    scope text NOT NULL,
    key text NOT NULL,
    fingerprint bytea NOT NULL,
    order_id uuid NOT NULL,
    version bigint NOT NULL,
    replays bigint NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (restaurant_id, scope, key)
);

-- How many orders a window of a service mode holds already.
CREATE TABLE slot_loads (
    restaurant_id uuid NOT NULL,
    mode text NOT NULL,
    slot_at timestamptz NOT NULL,
    taken integer NOT NULL CHECK (taken >= 0),
    PRIMARY KEY (restaurant_id, mode, slot_at)
);

-- What must still be told to others, written with the order it is about.
CREATE TABLE outbox (
    restaurant_id uuid NOT NULL,
    message_id uuid NOT NULL,
    topic text NOT NULL,
    payload jsonb NOT NULL,
    attempts integer NOT NULL,
    run_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (restaurant_id, message_id)
);

CREATE INDEX outbox_due ON outbox (restaurant_id, run_at);

-- A guest's own orders over all restaurants, filled from the outbox; placed by visitor.
CREATE TABLE visitor_orders (
    visitor_id uuid NOT NULL,
    order_id uuid NOT NULL,
    restaurant_id uuid NOT NULL,
    restaurant_name text NOT NULL,
    token text NOT NULL,
    number bigint NOT NULL,
    placed_at timestamptz NOT NULL,
    PRIMARY KEY (visitor_id, order_id)
);
