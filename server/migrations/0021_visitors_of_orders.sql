-- The visitor whose list the order belongs into; null without one.
DO $$
BEGIN
    ALTER TABLE orders ADD COLUMN visitor_id uuid;
END
$$;
