-- Words are searched in the memory of each server: these indexes made every import and edit slower, and nothing reads
-- them any more. One statement each, as Citus requires.
DROP INDEX IF EXISTS restaurants_by_words;
DROP INDEX IF EXISTS items_by_words;
