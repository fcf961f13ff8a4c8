// One request is one order: double taps, the back button, a second tab, a lost response.

import type { Page } from "@playwright/test";
import { GRIDDLE, LUIGI } from "./demo.ts";
import { type TestEnv, expect, test } from "./fixtures.ts";
import { expectGoodPage } from "./page-quality.ts";
import { Guest, atCheckout } from "./guest.ts";
import { lostConnection, refusals } from "./page-errors.ts";

function ordersOf(env: TestEnv, name: string): number {
    return Number(env.database.run(`SELECT count(*) FROM orders WHERE guest_name = '${name}'`)[0]);
}

async function ready(page: Page, name: string, scripts = true): Promise<Guest> {
    const guest = await atCheckout(page, LUIGI, "Cola", 2, scripts);
    await guest.introduce({ name, phone: "+49 30 5550187" });
    return guest;
}

for (const javaScriptEnabled of [true, false]) {
    const scripts = javaScriptEnabled ? "with scripts" : "without scripts";

    test(`two taps on “Place order” place one order, ${scripts}`, async ({ env, newBrowserContext }) => {
        const name = `Twice ${test.info().project.name} ${javaScriptEnabled}`;
        const page = await newBrowserContext({ javaScriptEnabled });
        const guest = await ready(page, name, javaScriptEnabled);
        await guest.placeButton().dblclick({ noWaitAfter: true });
        await guest.arriveAtOrder();
        expect(ordersOf(env, name)).toBe(1);
    });

    test(`going back after ordering does not order again, ${scripts}`, async ({ env, newBrowserContext, pageErrors }) => {
        pageErrors.allow(refusals(409, 422));
        const name = `Back ${test.info().project.name} ${javaScriptEnabled}`;
        const page = await newBrowserContext({ javaScriptEnabled });
        const guest = await ready(page, name, javaScriptEnabled);
        const placed = await guest.placeOrder();
        await page.goBack();
        await expect(page.getByRole("heading", { level: 1, name: "Checkout" })).toBeVisible();
        // The list of the visitor's orders is updated a few seconds late.
        await expect(async () => {
            await page.reload();
            await expect(page.getByRole("link", { name: new RegExp(`^Order ${placed.number} `) })).toBeVisible({ timeout: 500 });
        }).toPass({ timeout: 60_000 });
        await expectGoodPage(page, `checkout after ordering ${scripts}`);
        await expect(guest.placeButton()).toBeHidden();
        expect(ordersOf(env, name)).toBe(1);
    });
}

test("the same form sent again leads to the same order", async ({ env, newBrowserContext }) => {
    const name = `Again ${test.info().project.name}`;
    const page = await newBrowserContext({ javaScriptEnabled: false });
    const guest = await ready(page, name, false);
    const sent = page.waitForRequest((request) => request.method() === "POST" && request.url().endsWith("/checkout"));
    const placed = await guest.placeOrder();
    const body = (await sent).postData() ?? "";
    for (let tries = 0; tries < 3; tries += 1) {
        const answer = await page.request.post(`/restaurants/${LUIGI}/checkout`, {
            headers: { "content-type": "application/x-www-form-urlencoded" },
            data: body,
            maxRedirects: 0,
        });
        expect(answer.status()).toBe(303);
        expect(answer.headers()["location"]).toBe(placed.address);
    }
    expect(ordersOf(env, name)).toBe(1);
});

test("a second tab's checkout places no order after the first", async ({ page, env, pageErrors }) => {
    pageErrors.allow(refusals(409, 422));
    const name = `Tab ${test.info().project.name}`;
    const first = await ready(page, name);
    const tab = await page.context().newPage();
    const second = new Guest(tab, LUIGI);
    await second.openCheckout();
    await first.placeOrder();
    await second.introduce({ name, phone: "0301234567" });
    await second.placeButton().click();
    await expect(tab.locator("main")).toContainText(/empty/i);
    await expectGoodPage(tab, "checkout emptied by another tab");
    expect(ordersOf(env, name)).toBe(1);
});

test("a retry after a lost response leads to the same order", async ({ page, env, pageErrors }) => {
    pageErrors.allow(lostConnection);
    const name = `Lost ${test.info().project.name}`;
    const guest = await atCheckout(page, GRIDDLE, (await simpleDish(page)) ?? "", 3);
    await guest.introduce({ name, phone: "+1 718 555 0100" });
    const lost = await loseFirstResponse(page, "connectionreset");
    await guest.placeButton().click();
    await expect.poll(lost).toBe(1);
    // The browser shows its error page; reloading sends the same form.
    await page.waitForURL(/^chrome-error/);
    await page.reload();
    await guest.arriveAtOrder();
    expect(lost()).toBe(1);
    expect(ordersOf(env, name)).toBe(1);
});

test("sending is shown, and after a lost response the next tap is sent at once", async ({ page, env }) => {
    const name = `Taps again ${test.info().project.name}`;
    const guest = await ready(page, name);
    const sending = page.locator("#checkout-sending");
    await expect(sending).toHaveAttribute("role", "status");
    await expect(sending).toHaveText("");
    const lost = await loseFirstResponse(page, "aborted");
    await guest.placeButton().click({ noWaitAfter: true });
    await expect(sending).toHaveText("Sending your order…");
    await expect(sending).toBeInViewport();
    await expect.poll(() => ordersOf(env, name)).toBe(1);
    await expectGoodPage(page, "checkout sending");
    await guest.placeButton().click();
    await guest.arriveAtOrder();
    expect(lost()).toBe(1);
    expect(ordersOf(env, name)).toBe(1);
});

test("a missing response is shown, with the advice to press again", async ({ page, env }) => {
    const name = `Waits ${test.info().project.name}`;
    const guest = await ready(page, name);
    let lost = 0;
    await page.route("**/checkout", async (route) => {
        if (route.request().method() !== "POST" || lost > 0) return route.continue();
        lost += 1;
        return route.abort("aborted");
    });
    await guest.placeButton().click({ noWaitAfter: true });
    const sending = page.locator("#checkout-sending");
    await expect(sending).toHaveText("No response yet. Press “Place order” again: only one order is placed.");
    await expectGoodPage(page, "checkout without a response");
    await guest.placeButton().click();
    await guest.arriveAtOrder();
    expect(ordersOf(env, name)).toBe(1);
});

test("a form that was sent and then changed links to its order", async ({ env, newBrowserContext, pageErrors }) => {
    pageErrors.allow(refusals(409));
    const name = `Changed since ${test.info().project.name}`;
    const page = await newBrowserContext({ javaScriptEnabled: false });
    const guest = await ready(page, name, false);
    await loseFirstResponse(page, "aborted");
    await guest.placeButton().click({ noWaitAfter: true });
    await expect.poll(() => ordersOf(env, name)).toBe(1);
    await page.getByLabel("Note for the restaurant").fill("No ice, please.");
    await guest.placeButton().click();
    await expect(page.getByRole("alert")).toContainText(/You already ordered: number \d+\./);
    await expect(page.locator("main")).not.toContainText("Idempotency-Key");
    await expectGoodPage(page, "checkout ordered before");
    const number = /number (\d+)/.exec(await page.getByRole("alert").innerText())?.[1];
    await page.getByRole("link", { name: "See your order" }).click();
    expect((await guest.arriveAtOrder()).number).toBe(Number(number));
    expect(ordersOf(env, name)).toBe(1);
});

/** The server answers the first checkout, and the response is lost. Returns how many were. */
async function loseFirstResponse(page: Page, error: "aborted" | "connectionreset"): Promise<() => number> {
    let lost = 0;
    await page.route("**/checkout", async (route) => {
        if (route.request().method() !== "POST" || lost > 0) return route.continue();
        lost += 1;
        await route.fetch({ maxRedirects: 0 });
        return route.abort(error);
    });
    return () => lost;
}

async function simpleDish(page: Page): Promise<string | undefined> {
    const answer = await page.request.get(`/api/v1/restaurants/${GRIDDLE}/menu`);
    const menu = (await answer.json()) as { sections: { items: { name: string; groups: unknown[]; variants: unknown[]; sold_out: string | null }[] }[] };
    const items = menu.sections.flatMap((section) => section.items);
    return items.find((item) => item.groups.length === 0 && item.variants.length === 1 && !item.sold_out)?.name;
}
