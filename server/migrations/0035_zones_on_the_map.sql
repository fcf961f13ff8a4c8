-- Delivery zones by circle or polygon, and where the guest of an order is.

DO $$
BEGIN
    -- {"circle": {"centre": null or a location, "radius_m": metres}} or {"polygon": {"corners": [locations]}}; a location is
    -- {"latitude": degrees, "longitude": degrees}. Null for a zone by postcodes. A zone with a shape has no postcodes, so that
    -- servers of the version before find nothing in it.
    ALTER TABLE delivery_zones ADD COLUMN shape jsonb;
    -- Of the address, in degrees with five decimals; null when the guest did not say.
    ALTER TABLE orders ADD COLUMN latitude double precision;
    ALTER TABLE orders ADD COLUMN longitude double precision;
END
$$;

-- As in 0023, and stores the location. A caller that sends none stores null.
CREATE OR REPLACE FUNCTION place_order(
    p_restaurant_id uuid,
    p_key text,
    p_fingerprint bytea,
    p_order_id uuid,
    p_menu_version bigint,
    p_slot_limit integer,
    p_visitor_id uuid,
    p_message_id uuid,
    p_at timestamptz,
    p_order jsonb,
    OUT answer text,
    OUT order_id uuid,
    OUT token text,
    OUT number bigint,
    OUT total_minor bigint,
    OUT currency text
) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
    known record;
    standing record;
    fresh record;
    line record;
    counted bigint;
    taken integer;
    kept jsonb;
BEGIN
    INSERT INTO idempotency_keys AS k (restaurant_id, scope, key, fingerprint, order_id, version, replays, created_at)
    VALUES (p_restaurant_id, 'place', p_key, p_fingerprint, p_order_id, 1, 0, p_at)
    ON CONFLICT (restaurant_id, scope, key) DO UPDATE SET replays = k.replays + 1
    RETURNING k.fingerprint, k.order_id, k.replays INTO known;

    IF known.replays > 0 THEN
        SELECT o.order_id, o.token, o.number, o.total_minor, o.currency INTO fresh
        FROM orders o WHERE o.restaurant_id = p_restaurant_id AND o.order_id = known.order_id;
        answer := CASE WHEN known.fingerprint = p_fingerprint THEN 'replayed' ELSE 'key_reused' END;
        place_order.order_id := fresh.order_id;
        place_order.token := fresh.token;
        place_order.number := fresh.number;
        place_order.total_minor := fresh.total_minor;
        place_order.currency := fresh.currency;
        RETURN;
    END IF;

    SELECT * INTO fresh FROM jsonb_to_record(p_order) AS fields(
        token text, mode text, wanted_at timestamptz, estimated_at timestamptz, slot_at timestamptz,
        guest_name text, guest_phone text, guest_email text, place text, latitude double precision,
        longitude double precision, note text, currency text,
        subtotal_minor bigint, tip_minor bigint, total_minor bigint, bill jsonb, lines jsonb, message jsonb,
        cart jsonb
    );

    SELECT r.menu_version, r.paused_until INTO standing FROM restaurants r WHERE r.restaurant_id = p_restaurant_id;
    IF standing.menu_version IS DISTINCT FROM p_menu_version THEN
        RAISE EXCEPTION 'the menu is not the one the order was priced by' USING ERRCODE = 'TO001';
    END IF;
    IF standing.paused_until > coalesce(fresh.wanted_at, p_at) THEN
        RAISE EXCEPTION 'the kitchen has paused orders for that time'
            USING ERRCODE = CASE WHEN p_order ? 'cart' THEN 'TO003' ELSE 'TO001' END;
    END IF;

    IF p_slot_limit IS NOT NULL THEN
        INSERT INTO slot_loads AS s (restaurant_id, mode, slot_at, taken)
        VALUES (p_restaurant_id, fresh.mode, fresh.slot_at, 1)
        ON CONFLICT (restaurant_id, mode, slot_at) DO UPDATE SET taken = s.taken + 1 WHERE s.taken < p_slot_limit
        RETURNING s.taken INTO taken;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'the window is full' USING ERRCODE = 'TO002';
        END IF;
    END IF;

    -- Last before the inserts: every order of the restaurant waits for this row until the commit.
    INSERT INTO order_counters AS c (restaurant_id, last_number, last_seq) VALUES (p_restaurant_id, 1, 1)
    ON CONFLICT (restaurant_id) DO UPDATE SET last_number = c.last_number + 1, last_seq = c.last_seq + 1
    RETURNING c.last_number, c.last_seq INTO place_order.number, counted;

    INSERT INTO orders (
        restaurant_id, order_id, token, number, version, seq, status, payment, mode, placed_at, wanted_at, estimated_at,
        slot_at, moved_at, guest_name, guest_phone, guest_email, place, latitude, longitude, note, currency,
        subtotal_minor, tip_minor, total_minor, menu_version, bill, reason_words, visitor_id
    ) VALUES (
        p_restaurant_id, p_order_id, fresh.token, place_order.number, 1, counted, 'placed', 'due', fresh.mode,
        p_at, fresh.wanted_at, fresh.estimated_at, CASE WHEN p_slot_limit IS NOT NULL THEN fresh.slot_at END, p_at,
        fresh.guest_name, fresh.guest_phone, fresh.guest_email, fresh.place, fresh.latitude, fresh.longitude,
        fresh.note, fresh.currency, fresh.subtotal_minor, fresh.tip_minor, fresh.total_minor, p_menu_version, fresh.bill, '',
        CASE WHEN fresh.message IS NULL THEN p_visitor_id END
    );

    -- Row by row: on Citus one insert from a query takes longer than six of a row when the coordinator hands the call on.
    FOR line IN
        SELECT entry.value AS snapshot, entry.ordinality AS position
        FROM jsonb_array_elements(fresh.lines) WITH ORDINALITY AS entry
    LOOP
        INSERT INTO order_lines (
            restaurant_id, order_id, position, item_id, variant_id, name, quantity, unit_minor, total_minor, snapshot
        ) VALUES (
            p_restaurant_id, p_order_id, line.position, (line.snapshot ->> 'item')::uuid,
            (line.snapshot ->> 'variant')::uuid, line.snapshot ->> 'name', (line.snapshot ->> 'quantity')::integer,
            (line.snapshot -> 'unit' ->> 'minor')::bigint, (line.snapshot -> 'total' ->> 'minor')::bigint, line.snapshot
        );
    END LOOP;

    INSERT INTO order_events (restaurant_id, seq, order_id, version, verb, to_status, actor, words, at)
    VALUES (p_restaurant_id, counted, p_order_id, 1, 'place', 'placed', 'guest', '', p_at);

    IF p_visitor_id IS NOT NULL THEN
        IF fresh.message IS NOT NULL THEN
            INSERT INTO outbox (restaurant_id, message_id, topic, payload, attempts, run_at, created_at)
            VALUES (
                p_restaurant_id, p_message_id, 'order.placed',
                fresh.message || jsonb_build_object('number', place_order.number), 0, p_at, p_at
            );
        END IF;

        -- The ordered lines leave the cart. The row stays with its revision and its latest changes: a change that was on
        -- its way is neither made on a cart that is gone nor made a second time.
        UPDATE carts AS c SET lines = '[]', revision = c.revision + 1, updated_at = p_at
        WHERE c.restaurant_id = p_restaurant_id AND c.visitor_id = p_visitor_id
            AND (fresh.cart IS NULL OR c.revision = (fresh.cart ->> 'revision')::bigint);
        IF NOT FOUND THEN
            SELECT c.lines INTO kept FROM carts c
            WHERE c.restaurant_id = p_restaurant_id AND c.visitor_id = p_visitor_id
            FOR UPDATE;
        END IF;
        -- Changed since it was priced: a line that is still the ordered one goes, or becomes less by as much as was
        -- ordered; all others stay, also those that only another version can read.
        IF jsonb_typeof(kept) = 'array' THEN
            SELECT coalesce(
                jsonb_agg(
                    CASE WHEN have.ordered > 0
                        THEN jsonb_set(have.line, '{quantity}', to_jsonb((have.line ->> 'quantity')::numeric - have.ordered))
                        ELSE have.line END
                    ORDER BY have.position
                ), '[]'
            ) INTO kept
            FROM (
                SELECT entry.line, entry.position, coalesce((
                    SELECT sum((priced.line ->> 'quantity')::integer)
                    FROM jsonb_array_elements(fresh.cart -> 'lines') AS priced(line)
                    WHERE CASE WHEN jsonb_typeof(entry.line -> 'quantity') = 'number'
                        THEN priced.line - 'quantity' = entry.line - 'quantity' ELSE false END
                ), 0) AS ordered
                FROM jsonb_array_elements(kept) WITH ORDINALITY AS entry(line, position)
            ) AS have
            WHERE CASE WHEN have.ordered > 0 THEN (have.line ->> 'quantity')::numeric > have.ordered ELSE true END;
            UPDATE carts AS c SET lines = kept, revision = c.revision + 1, updated_at = p_at
            WHERE c.restaurant_id = p_restaurant_id AND c.visitor_id = p_visitor_id;
        END IF;
    END IF;

    answer := 'placed';
    place_order.order_id := p_order_id;
    place_order.token := fresh.token;
    place_order.total_minor := fresh.total_minor;
    place_order.currency := fresh.currency;
END
$$;
