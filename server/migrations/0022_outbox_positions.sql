-- Position in a restaurant's events up to which visitors' lists are complete, or their orders in the outbox.
CREATE TABLE outbox_positions (
    restaurant_id uuid PRIMARY KEY,
    seq bigint NOT NULL
);
INSERT INTO outbox_positions (restaurant_id, seq) SELECT restaurant_id, last_seq FROM order_counters;
