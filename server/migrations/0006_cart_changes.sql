-- The latest changes of a cart by their ids: one that arrives twice, because the answer to its first arrival got lost, is
-- made once.
DO $$
BEGIN
    ALTER TABLE carts ADD COLUMN changes uuid[] NOT NULL DEFAULT '{}';
END
$$;
