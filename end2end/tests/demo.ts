// The demo restaurants, changed for the tests: always open, except one.

import type { Database } from "./database.ts";

export interface SignIn {
    email: string;
    password: string;
}

/** Each test file uses its own restaurants, so that none disturbs another. */
export const LUIGI = "luigis-hearth";
export const GRIDDLE = "copper-griddle";
export const BOWLS = "grain-and-grove";
export const LANTERN = "saffron-lantern";
export const CLOVER = "clover-and-ash";
export const BOAT = "the-paper-boat";
export const MURJAN = "bayt-al-murjan";
export const AKARI = "izakaya-akari";
export const KEBAP = "nachtfalter-kebap";
/** Never open. */
export const CLOSED = "kitsune-noodle-counter";

/** Parses the lines that `toast seed` prints, such as `owner.luigis-hearth@toast.example  password toast-demo  owner of …`. */
export function signInsOf(printed: string): SignIn[] {
    return printed.split("\n").flatMap((line) => {
        const [, email, password] = /(\S+@\S+)\s+password\s+(\S+)/.exec(line) ?? [];
        return email && password ? [{ email, password }] : [];
    });
}

/** Tests run at any hour, with several orders a minute: all restaurants but one are always open, with capacity in all slots. */
export function arrangeRestaurants(database: Database): void {
    database.run(`
        DELETE FROM hours_exceptions;
        DELETE FROM section_hours;
        DELETE FROM opening_hours;
        INSERT INTO opening_hours (restaurant_id, weekday, opens_minute, closes_minute)
            SELECT restaurant_id, weekday, 0, 1440 FROM restaurants, generate_series(1, 7) AS weekday WHERE slug <> '${CLOSED}';
        UPDATE restaurants SET last_order_minutes = 0;
        UPDATE service_modes SET orders_per_slot = NULL;
    `);
}

/** Makes one person the owner of all restaurants, so that a test file can use any of them. */
export function giveAllRestaurantsTo(database: Database, owner: SignIn): void {
    database.run(`
        INSERT INTO staff_memberships
            SELECT account.staff_id, place.restaurant_id, place.slug, place.restaurant_name, 'owner'
            FROM staff_accounts account, staff_memberships place
            WHERE account.email = '${owner.email}' AND place.role = 'owner'
            ON CONFLICT DO NOTHING;
    `);
}
