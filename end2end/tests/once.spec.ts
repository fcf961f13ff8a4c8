// One wish is one order: double taps, the back button, a second tab, an answer that got lost.

import type { Page } from "@playwright/test";
import { GRIDDLE, LUIGI } from "./demo.ts";
import { type House, expect, test } from "./fixtures.ts";
import { expectGoodPage } from "./good-page.ts";
import { Guest, atCheckout } from "./guest.ts";
import { lostConnection, refusals } from "./troubles.ts";

function ordersOf(house: House, name: string): number {
    return Number(house.database.run(`SELECT count(*) FROM orders WHERE guest_name = '${name}'`)[0]);
}

async function ready(page: Page, name: string, scripts = true): Promise<Guest> {
    const guest = await atCheckout(page, LUIGI, "Cola", 2, scripts);
    await guest.introduce({ name, phone: "+49 30 5550187" });
    return guest;
}

for (const javaScriptEnabled of [true, false]) {
    const scripts = javaScriptEnabled ? "with scripts" : "without scripts";

    test(`two taps on “Place order” are one order, ${scripts}`, async ({ house, newPerson }) => {
        const name = `Twice ${test.info().project.name} ${javaScriptEnabled}`;
        const page = await newPerson({ javaScriptEnabled });
        const guest = await ready(page, name, javaScriptEnabled);
        await guest.placeButton().dblclick({ noWaitAfter: true });
        await guest.arriveAtOrder();
        expect(ordersOf(house, name)).toBe(1);
    });

    test(`going back after ordering orders nothing again, ${scripts}`, async ({ house, newPerson, troubles }) => {
        troubles.allow(refusals(409, 422));
        const name = `Back ${test.info().project.name} ${javaScriptEnabled}`;
        const page = await newPerson({ javaScriptEnabled });
        const guest = await ready(page, name, javaScriptEnabled);
        const placed = await guest.placeOrder();
        await page.goBack();
        await expect(page.getByRole("heading", { level: 1, name: "Checkout" })).toBeVisible();
        // The list of a browser's own orders follows in its time; the way back to the order is there soon.
        await expect(async () => {
            await page.reload();
            await expect(page.getByRole("link", { name: new RegExp(`^Order ${placed.number} `) })).toBeVisible({ timeout: 500 });
        }).toPass({ timeout: 60_000 });
        await expectGoodPage(page, `checkout after ordering ${scripts}`);
        await expect(guest.placeButton()).toBeHidden();
        expect(ordersOf(house, name)).toBe(1);
    });
}

test("the very same form sent again leads to the same order", async ({ house, newPerson }) => {
    const name = `Again ${test.info().project.name}`;
    const page = await newPerson({ javaScriptEnabled: false });
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
    expect(ordersOf(house, name)).toBe(1);
});

test("a second tab's checkout orders nothing once the first has ordered", async ({ page, house, troubles }) => {
    troubles.allow(refusals(409, 422));
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
    expect(ordersOf(house, name)).toBe(1);
});

test("an answer that gets lost is asked for again, and is the same order", async ({ page, house, troubles }) => {
    troubles.allow(lostConnection);
    const name = `Lost ${test.info().project.name}`;
    const guest = await atCheckout(page, GRIDDLE, (await simpleDish(page)) ?? "", 3);
    await guest.introduce({ name, phone: "+1 718 555 0100" });
    let lost = 0;
    await page.route("**/checkout", async (route) => {
        if (route.request().method() !== "POST" || lost > 0) return route.continue();
        lost += 1;
        await route.fetch({ maxRedirects: 0 });
        return route.abort("connectionreset");
    });
    await guest.placeButton().click();
    await expect.poll(() => lost).toBe(1);
    // The browser shows its own page about the lost connection; trying again sends the same form.
    await page.waitForURL(/^chrome-error/);
    await page.reload();
    await guest.arriveAtOrder();
    expect(lost).toBe(1);
    expect(ordersOf(house, name)).toBe(1);
});

test("the page says that an order is being sent; when the answer is lost, the next tap goes through at once", async ({ page, house }) => {
    const name = `Taps again ${test.info().project.name}`;
    const guest = await ready(page, name);
    const sending = page.locator("#checkout-sending");
    await expect(sending).toHaveAttribute("role", "status");
    await expect(sending).toHaveText("");
    let lost = 0;
    await page.route("**/checkout", async (route) => {
        if (route.request().method() !== "POST" || lost > 0) return route.continue();
        lost += 1;
        await route.fetch({ maxRedirects: 0 });
        return route.abort("aborted");
    });
    await guest.placeButton().click({ noWaitAfter: true });
    await expect(sending).toHaveText("Sending your order…");
    await expect(sending).toBeInViewport();
    await expect.poll(() => ordersOf(house, name)).toBe(1);
    await expectGoodPage(page, "checkout sending");
    await guest.placeButton().click();
    await guest.arriveAtOrder();
    expect(lost).toBe(1);
    expect(ordersOf(house, name)).toBe(1);
});

test("an answer that does not come is told, with what to do", async ({ page, house }) => {
    const name = `Waits ${test.info().project.name}`;
    const guest = await ready(page, name);
    let held = 0;
    await page.route("**/checkout", async (route) => {
        if (route.request().method() !== "POST" || held > 0) return route.continue();
        held += 1;
        await route.fetch({ maxRedirects: 0 });
    });
    await guest.placeButton().click({ noWaitAfter: true });
    const sending = page.locator("#checkout-sending");
    await expect(sending).toHaveText("Sending your order…");
    await expect(sending).toHaveText(/^No answer yet\. Press “Place order” again: nothing is ordered twice\.$/);
    await guest.placeButton().click();
    await guest.arriveAtOrder();
    expect(ordersOf(house, name)).toBe(1);
});

test("a form that has ordered shows the way to its order, also when something in it was changed since", async ({ house, newPerson, troubles }) => {
    troubles.allow(refusals(409));
    const name = `Changed since ${test.info().project.name}`;
    const page = await newPerson({ javaScriptEnabled: false });
    const guest = await ready(page, name, false);
    let lost = 0;
    await page.route("**/checkout", async (route) => {
        if (route.request().method() !== "POST" || lost > 0) return route.continue();
        lost += 1;
        await route.fetch({ maxRedirects: 0 });
        return route.abort("aborted");
    });
    await guest.placeButton().click({ noWaitAfter: true });
    await expect.poll(() => ordersOf(house, name)).toBe(1);
    await page.getByLabel("Note for the restaurant").fill("No ice, please.");
    await guest.placeButton().click();
    await expect(page.getByRole("alert")).toContainText(/You already ordered: number \d+\./);
    await expect(page.locator("main")).not.toContainText("Idempotency-Key");
    await expectGoodPage(page, "checkout ordered before");
    const number = /number (\d+)/.exec(await page.getByRole("alert").innerText())?.[1];
    await page.getByRole("link", { name: "See your order" }).click();
    expect((await guest.arriveAtOrder()).number).toBe(Number(number));
    expect(ordersOf(house, name)).toBe(1);
});

async function simpleDish(page: Page): Promise<string | undefined> {
    const answer = await page.request.get(`/api/v1/restaurants/${GRIDDLE}/menu`);
    const menu = (await answer.json()) as { sections: { items: { name: string; groups: unknown[]; variants: unknown[]; sold_out: string | null }[] }[] };
    const items = menu.sections.flatMap((section) => section.items);
    return items.find((item) => item.groups.length === 0 && item.variants.length === 1 && !item.sold_out)?.name;
}
