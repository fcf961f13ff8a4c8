-- What zones say about postcodes, as read from now on: a code or its first part is meant as it stands, a beginning has a *.
-- Until now each was a beginning, so each gets its *, except what looks like a British district (E1, EC1A): as a beginning
-- that took E10 to E20 as well. Plain functions on the row's own column, so that it runs on every shard.
UPDATE delivery_zones SET postcodes = string_to_array(
    regexp_replace(
        regexp_replace(E'\n' || array_to_string(postcodes, E'\n'), E'\n(?![A-Za-z]{1,2}[0-9][0-9A-Za-z]?(?:\n|$))([^\n*]+)(?=\n|$)', E'\n\\1*', 'g'),
        E'^\n', ''),
    E'\n');
