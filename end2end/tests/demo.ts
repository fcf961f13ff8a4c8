// The demo restaurants as the journeys need them: known by name, and open at any hour of the day.

import type { Database } from "./database.ts";

export interface SignIn {
    email: string;
    password: string;
}

/** Restaurants with a part in a journey each, so that none disturbs another. */
export const LUIGI = "luigis-hearth";
export const GRIDDLE = "copper-griddle";
export const BOWLS = "grain-and-grove";
export const LANTERN = "saffron-lantern";
export const CLOVER = "clover-and-ash";
export const BOAT = "the-paper-boat";
export const MURJAN = "bayt-al-murjan";
export const AKARI = "izakaya-akari";
/** Never open. */
export const CLOSED = "kitsune-noodle-counter";

/** Reads the lines that `toast seed` prints, such as `owner@toast.example  password toast-demo  all restaurants`. */
export function signInsOf(printed: string): SignIn[] {
    return printed.split("\n").flatMap((line) => {
        const [, email, password] = /(\S+@\S+)\s+password\s+(\S+)/.exec(line) ?? [];
        return email && password ? [{ email, password }] : [];
    });
}

/** Journeys run at any hour, several orders a minute: all doors open around the clock but one, and room in every slot. */
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
