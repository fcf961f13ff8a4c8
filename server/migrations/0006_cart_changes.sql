-- The latest changes of a cart by their ids: one that arrives twice, because the answer to its first arrival got lost, is
-- made once. Null, as a server of the version before writes it while versions change, is none.
DO $$
BEGIN
    ALTER TABLE carts ADD COLUMN changes uuid[];
END
$$;
