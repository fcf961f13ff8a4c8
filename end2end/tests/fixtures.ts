// What each journey starts with: a server with the demo restaurants, a guest's browser, and eyes on everything that goes wrong.

import { type Browser, type BrowserContext, type BrowserContextOptions, type Page, test as base, expect } from "@playwright/test";
import { Database } from "./database.ts";
import { type SignIn, GRIDDLE, arrangeRestaurants, signInsOf } from "./demo.ts";
import { Toast } from "./server.ts";
import { Troubles } from "./troubles.ts";

export interface House {
    toast: Toast;
    database: Database;
    /** Owns all restaurants of the demo. */
    owner: SignIn;
    /** Works at Copper Griddle only. */
    cook: SignIn;
}

interface JourneyFixtures {
    troubles: Troubles;
    /** Another browser: another person, with cookies of their own. */
    newPerson: (options?: BrowserContextOptions) => Promise<Page>;
}

export const test = base.extend<JourneyFixtures, { house: House }>({
    house: [
        async ({}, use, worker) => {
            const name = `toast_journeys_${process.pid}_${worker.workerIndex}`;
            const database = new Database(name);
            database.create();
            const toast = await Toast.prepare(database, `server-${worker.project.name}-${worker.workerIndex}`);
            try {
                toast.command("migrate");
                const signIns = signInsOf(toast.command("seed"));
                const owner = signIns[0];
                const cook = signIns.find((who) => who.email.startsWith(GRIDDLE));
                if (!owner || !cook) throw new Error("`toast seed` printed no sign-ins.");
                arrangeRestaurants(database);
                await toast.start();
                await use({ toast, database, owner, cook });
            } finally {
                await toast.stop();
                database.drop();
            }
        },
        { scope: "worker", timeout: 300_000 },
    ],

    baseURL: async ({ house }, use) => use(house.toast.address),

    troubles: [
        async ({}, use) => {
            const troubles = new Troubles();
            await use(troubles);
            expect(troubles.all(), "nothing goes wrong behind the page").toEqual([]);
        },
        { auto: true },
    ],

    context: async ({ context, troubles }, use) => {
        troubles.watch(context);
        await use(context);
    },

    newPerson: async ({ browser, baseURL, troubles }, use) => {
        const opened: BrowserContext[] = [];
        await use(async (options = {}) => {
            const context = await newContext(browser, { ...options, ...(baseURL ? { baseURL } : {}) });
            opened.push(context);
            troubles.watch(context);
            return context.newPage();
        });
        for (const context of opened) await context.close();
    },
});

/** A context with the screen of the project; what is given goes before. */
async function newContext(browser: Browser, options: BrowserContextOptions): Promise<BrowserContext> {
    const { viewport, hasTouch, isMobile, deviceScaleFactor, locale, timezoneId, colorScheme, contextOptions } = test.info().project.use;
    const screen = { viewport, hasTouch, isMobile, deviceScaleFactor, locale, timezoneId, colorScheme, ...contextOptions };
    const given = Object.fromEntries(Object.entries(screen).filter(([, value]) => value !== undefined));
    return browser.newContext({ ...given, ...options });
}

export { expect };
