-- Nothing personal is kept longer than the restaurant's retention_days.

-- Days after which name, contact, address and notes of the guest were removed; null while they are stored.
DO $$
BEGIN
    ALTER TABLE orders ADD COLUMN removed_after_days integer;
END
$$;

-- How far a restaurant's orders have been searched for data to remove: that of orders that ended before ended_before is
-- gone. checked_at: when the restaurant was last finished.
CREATE TABLE retention_positions (
    restaurant_id uuid PRIMARY KEY,
    ended_before timestamptz NOT NULL,
    checked_at timestamptz NOT NULL
);

-- Rows that are due are found by these.
CREATE INDEX visitor_orders_by_time ON visitor_orders (placed_at);
CREATE INDEX sessions_by_end ON sessions (expires_at);
CREATE INDEX staff_sessions_by_end ON staff_sessions (expires_at);
CREATE INDEX mails_by_delivery ON mails (sent_at) WHERE sent_at IS NOT NULL;
