// What each journey through the ingress starts with: the world, guests on its internet, and eyes on all that goes wrong.

import { type BrowserContext, type BrowserContextOptions, type Page, test as base, expect } from "@playwright/test";
import { Troubles } from "../tests/troubles.ts";
import { World } from "./world.ts";

interface JourneyFixtures {
    troubles: Troubles;
    newGuest: (options?: BrowserContextOptions) => Promise<Page>;
}

export const test = base.extend<JourneyFixtures, { world: World }>({
    world: [
        async ({}, use) => {
            const world = World.open();
            await world.whole();
            await use(world);
        },
        { scope: "worker", timeout: 600_000 },
    ],

    troubles: [
        async ({}, use) => {
            const troubles = new Troubles();
            await use(troubles);
            expect(troubles.all(), "nothing goes wrong behind the page").toEqual([]);
        },
        { auto: true },
    ],

    baseURL: async ({ world }, use) => use(world.address),

    newGuest: async ({ browser, baseURL, contextOptions, viewport, hasTouch, isMobile, deviceScaleFactor, locale, timezoneId, troubles }, use) => {
        const opened: BrowserContext[] = [];
        await use(async (options = {}) => {
            const screen = { viewport, hasTouch, isMobile, locale, timezoneId, ...(deviceScaleFactor ? { deviceScaleFactor } : {}) };
            const context = await browser.newContext({ ...contextOptions, ...screen, ...(baseURL ? { baseURL } : {}), ...options });
            opened.push(context);
            troubles.watch(context);
            return context.newPage();
        });
        for (const context of opened) await context.close();
    },
});

export { expect };
