-- Placing an order: one call, one statement, one shard. On Citus the call is handed to the node of the restaurant's
-- shard. Every id and instant comes from the caller, so that all copies of a row agree.
--
-- A key that is known is answered from the order it names, and counting the answer up is a write: a node that lost its
-- place in the cluster cannot commit it, and so cannot acknowledge what only it remembers.
--
-- Refusals end the statement, so that nothing of it stays: TO001 the menu changed or a pause began since the order was
-- priced, TO002 the window is full.
CREATE FUNCTION place_order(
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
    fresh record;
    line record;
    counted bigint;
    taken integer;
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

    PERFORM 1 FROM restaurants r
    WHERE r.restaurant_id = p_restaurant_id AND r.menu_version = p_menu_version
        AND (r.paused_until IS NULL OR r.paused_until <= p_at);
    IF NOT FOUND THEN
        RAISE EXCEPTION 'the menu is not the one the order was priced by' USING ERRCODE = 'TO001';
    END IF;

    SELECT * INTO fresh FROM jsonb_to_record(p_order) AS fields(
        token text, mode text, wanted_at timestamptz, estimated_at timestamptz, slot_at timestamptz,
        guest_name text, guest_phone text, guest_email text, place text, note text, currency text,
        subtotal_minor bigint, tip_minor bigint, total_minor bigint, bill jsonb, lines jsonb, message jsonb
    );

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
        slot_at, moved_at, guest_name, guest_phone, guest_email, place, note, currency, subtotal_minor, tip_minor,
        total_minor, menu_version, bill, reason_words
    ) VALUES (
        p_restaurant_id, p_order_id, fresh.token, place_order.number, 1, counted, 'placed', 'due', fresh.mode, p_at,
        fresh.wanted_at, fresh.estimated_at, CASE WHEN p_slot_limit IS NOT NULL THEN fresh.slot_at END, p_at,
        fresh.guest_name, fresh.guest_phone, fresh.guest_email, fresh.place, fresh.note, fresh.currency,
        fresh.subtotal_minor, fresh.tip_minor, fresh.total_minor, p_menu_version, fresh.bill, ''
    );

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

    INSERT INTO outbox (restaurant_id, message_id, topic, payload, attempts, run_at, created_at)
    VALUES (
        p_restaurant_id, p_message_id, 'order.placed', fresh.message || jsonb_build_object('number', place_order.number),
        0, p_at, p_at
    );

    IF p_visitor_id IS NOT NULL THEN
        DELETE FROM carts WHERE restaurant_id = p_restaurant_id AND visitor_id = p_visitor_id;
    END IF;

    answer := 'placed';
    place_order.order_id := p_order_id;
    place_order.token := fresh.token;
    place_order.total_minor := fresh.total_minor;
    place_order.currency := fresh.currency;
END
$$;
