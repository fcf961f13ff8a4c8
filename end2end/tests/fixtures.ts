// Fixtures of all tests: a server with the demo restaurants, a guest's browser, and the check for page errors.

import { type Browser, type BrowserContext, type BrowserContextOptions, type Page, test as base, expect } from "@playwright/test";
import { Database } from "./database.ts";
import { type SignIn, GRIDDLE, arrangeRestaurants, giveAllRestaurantsTo, signInsOf } from "./demo.ts";
import { Mailbox } from "./mailbox.ts";
import { Toast } from "./server.ts";
import { PageErrors } from "./page-errors.ts";

export interface TestEnv {
    toast: Toast;
    database: Database;
    /** Receives all mail of the server. */
    mailbox: Mailbox;
    /** Owns all restaurants of the demo. */
    owner: SignIn;
    /** Works at Copper Griddle only. */
    cook: SignIn;
}

interface JourneyFixtures {
    pageErrors: PageErrors;
    /** A page in a new browser context: another person, with separate cookies. */
    newBrowserContext: (options?: BrowserContextOptions) => Promise<Page>;
}

export const test = base.extend<JourneyFixtures, { env: TestEnv }>({
    env: [
        async ({}, use, worker) => {
            const name = `toast_journeys_${process.pid}_${worker.workerIndex}`;
            const database = new Database(name);
            database.create();
            const mailbox = new Mailbox();
            const settings = { TOAST_SMTP_URL: await mailbox.open(), TOAST_MAIL_FROM: "Toast <toast@toast.example>" };
            const toast = await Toast.prepare(database, `server-${worker.project.name}-${worker.workerIndex}`, settings);
            try {
                toast.command("migrate");
                const signIns = signInsOf(toast.command("seed"));
                const owner = signIns[0];
                const cook = signIns.find((who) => who.email.startsWith(GRIDDLE));
                if (!owner || !cook) throw new Error("`toast seed` printed no sign-ins.");
                arrangeRestaurants(database);
                giveAllRestaurantsTo(database, owner);
                await toast.start();
                await use({ toast, database, mailbox, owner, cook });
            } finally {
                await toast.stop();
                await mailbox.close();
                database.drop();
            }
        },
        { scope: "worker", timeout: 300_000 },
    ],

    baseURL: async ({ env }, use) => use(env.toast.address),

    pageErrors: [
        async ({}, use) => {
            const pageErrors = new PageErrors();
            await use(pageErrors);
            expect(pageErrors.all(), "no page errors").toEqual([]);
        },
        { auto: true },
    ],

    context: async ({ context, pageErrors }, use) => {
        pageErrors.watch(context);
        await use(context);
    },

    newBrowserContext: async ({ browser, baseURL, pageErrors }, use) => {
        const opened: BrowserContext[] = [];
        await use(async (options = {}) => {
            const context = await newContext(browser, { ...options, ...(baseURL ? { baseURL } : {}) });
            opened.push(context);
            pageErrors.watch(context);
            return context.newPage();
        });
        for (const context of opened) await context.close();
    },
});

/** A context with the project's screen; `options` take precedence. */
async function newContext(browser: Browser, options: BrowserContextOptions): Promise<BrowserContext> {
    const { viewport, hasTouch, isMobile, deviceScaleFactor, locale, timezoneId, colorScheme, contextOptions } = test.info().project.use;
    const screen = { viewport, hasTouch, isMobile, deviceScaleFactor, locale, timezoneId, colorScheme, ...contextOptions };
    const given = Object.fromEntries(Object.entries(screen).filter(([, value]) => value !== undefined));
    return browser.newContext({ ...given, ...options });
}

export { expect };
