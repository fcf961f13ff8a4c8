-- The time that a cart is for. It counts at the revision that it was written with only: an order takes its lines out of the
-- cart and counts the revision up, and what comes after it is for as soon as possible again.
DO $$
BEGIN
    ALTER TABLE carts ADD COLUMN due_at timestamptz, ADD COLUMN due_revision bigint;
END
$$;
