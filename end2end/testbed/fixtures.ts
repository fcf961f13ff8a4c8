// Fixtures of tests through the ingress: the testbed, guests outside of the mesh, and the check for page errors.

import { type BrowserContext, type BrowserContextOptions, type Page, test as base, expect } from "@playwright/test";
import { PageErrors } from "../tests/page-errors.ts";
import { World } from "./world.ts";

interface JourneyFixtures {
    pageErrors: PageErrors;
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

    pageErrors: [
        async ({}, use) => {
            const pageErrors = new PageErrors();
            await use(pageErrors);
            expect(pageErrors.all(), "no page errors").toEqual([]);
        },
        { auto: true },
    ],

    baseURL: async ({ world }, use) => use(world.address),

    newGuest: async ({ browser, baseURL, contextOptions, viewport, hasTouch, isMobile, deviceScaleFactor, locale, timezoneId, pageErrors }, use) => {
        const opened: BrowserContext[] = [];
        await use(async (options = {}) => {
            const screen = { viewport, hasTouch, isMobile, locale, timezoneId, ...(deviceScaleFactor ? { deviceScaleFactor } : {}) };
            const context = await browser.newContext({ ...contextOptions, ...screen, ...(baseURL ? { baseURL } : {}), ...options });
            opened.push(context);
            pageErrors.watch(context);
            return context.newPage();
        });
        for (const context of opened) await context.close();
    },
});

export { expect };
