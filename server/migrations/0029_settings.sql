-- A service mode that is switched off keeps its settings, and a cart the table whose code its guest opened, with the
-- instant. Servers of the version before offer every mode, and leave the table of a cart as it is.

DO $$
BEGIN
    ALTER TABLE service_modes ADD COLUMN offered boolean NOT NULL DEFAULT true;
    ALTER TABLE carts ADD COLUMN table_name text, ADD COLUMN table_at timestamptz;
END
$$;
