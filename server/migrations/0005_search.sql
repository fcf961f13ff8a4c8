-- Finding restaurants and dishes by parts of words. Where the extension may not be made, searching is slower, and right.

DO $$
BEGIN
    CREATE EXTENSION IF NOT EXISTS pg_trgm;
EXCEPTION
    WHEN insufficient_privilege OR undefined_file OR feature_not_supported THEN
        RAISE NOTICE 'without pg_trgm, searching reads every row: %', SQLERRM;
END
$$;

DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_trgm') THEN
        CREATE INDEX restaurants_by_words ON restaurants USING gin (search_text gin_trgm_ops);
        CREATE INDEX items_by_words ON items USING gin (search_text gin_trgm_ops);
    END IF;
END
$$;
