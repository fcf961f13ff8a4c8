// Live updates: reconnection, staleness, and changes without reload.

import type { Page } from "@playwright/test";
import { BOAT } from "./demo.ts";
import { type TestEnv, expect, test } from "./fixtures.ts";
import { expectGoodPage } from "./page-quality.ts";
import { menuOf } from "./guest.ts";
import { Kitchen } from "./kitchen.ts";
import { refusals } from "./page-errors.ts";

interface Placed {
    number: number;
    address: string;
}

/** An order by the API, with the address of its page. */
async function order(page: Page, name: string): Promise<Placed> {
    const menu = await menuOf(page, BOAT);
    const simple = menu.sections.flatMap((section) => section.items).find((item) => item.groups.length === 0 && item.variants.length === 1);
    const answer = await page.request.post(`/api/v1/restaurants/${BOAT}/orders`, {
        headers: { "idempotency-key": `live-${name.replaceAll(" ", "-")}-${test.info().project.name}` },
        data: { lines: [{ item: simple?.id, quantity: 1 }], mode: "pickup", contact: { name, phone: "+1 718 555 0102" } },
    });
    expect(answer.status()).toBe(201);
    const { number, token } = (await answer.json()) as { number: number; token: string };
    return { number, address: `/orders/${token}` };
}

async function kitchenOf(page: Page, env: TestEnv): Promise<Kitchen> {
    const kitchen = await Kitchen.open(page, env.owner, BOAT);
    await kitchen.expectAlive();
    return kitchen;
}

test("the order page reconnects after error responses to its stream", async ({ page, env, newBrowserContext, pageErrors }) => {
    pageErrors.allow(refusals(503), /answer 503/);
    const placed = await order(page, "Refused");
    let refused = 0;
    await page.route("**/events?*", async (route) => {
        refused += 1;
        if (refused > 2) return route.continue();
        return route.fulfill({ status: 503, contentType: "application/problem+json", body: "{}" });
    });
    await page.goto(placed.address);
    await expect(page.locator("#order-connection")).toContainText("Your order is safe. Reconnecting; this is as of");
    await expectGoodPage(page, "order reconnecting");
    await expect(page.locator("#order-connection")).toBeEmpty();
    const kitchen = await kitchenOf(await newBrowserContext(), env);
    await kitchen.accept(placed.number, 20);
    await expect(page.getByRole("heading", { level: 1 })).toContainText("Being prepared");
    expect(refused).toBeGreaterThan(2);
});

test("the order page detects a silent stream, shows it, and reconnects", async ({ page, env, newBrowserContext }) => {
    const placed = await order(page, "Silent");
    // The first connection opens and sends nothing, as behind a proxy that has lost its server.
    await page.addInitScript(() => {
        const real = window.EventSource;
        let silent = true;
        window.EventSource = new Proxy(real, {
            construct(target, words: [string]) {
                if (!silent) return new target(...words);
                silent = false;
                return Object.assign(new EventTarget(), { close: () => undefined, onerror: null });
            },
        });
    });
    await page.goto(placed.address);
    const kitchen = await kitchenOf(await newBrowserContext(), env);
    await kitchen.accept(placed.number, 20);
    await expect(page.locator("#order-connection")).toContainText("Reconnecting", { timeout: 30_000 });
    await expect(page.getByRole("heading", { level: 1 })).toContainText("Being prepared");
    await expect(page.locator("#order-connection")).toBeEmpty();
});

test("an undo by staff is shown on the order page", async ({ page, env, newBrowserContext }) => {
    const placed = await order(page, "Slip");
    await page.goto(placed.address);
    const kitchen = await kitchenOf(await newBrowserContext(), env);
    await kitchen.accept(placed.number, 20);
    await kitchen.show("Preparing");
    await kitchen.press(placed.number, "Ready");
    await kitchen.show("Ready");
    await kitchen.press(placed.number, "Handed over");
    const headline = page.getByRole("heading", { level: 1 });
    await expect(headline).toContainText("Picked up at");
    const late = await newBrowserContext();
    await late.goto(placed.address);
    await expect(late.getByRole("heading", { level: 1 })).toContainText("Picked up at");
    const plain = await newBrowserContext({ javaScriptEnabled: false });
    await plain.goto(placed.address);
    expect(await plain.content()).toContain('http-equiv="refresh"');
    await kitchen.show("Done");
    await kitchen.press(placed.number, "Undo");
    for (const screen of [page, late]) {
        await expect(screen.getByRole("heading", { level: 1 })).toContainText(`Ready, ask for number ${placed.number}`);
        await expect(screen.locator("#order-connection")).toBeEmpty();
    }
});

test("an order that arrives during an acknowledgement keeps ringing", async ({ page, env, newBrowserContext }) => {
    const kitchen = await kitchenOf(await newBrowserContext(), env);
    const first = await order(page, "Tapped");
    await expect(kitchen.ticket(first.number)).toBeVisible();
    let pass: () => void = () => undefined;
    const open = new Promise<void>((resolve) => (pass = resolve));
    await kitchen.page.route("**/orders/acknowledge", async (route) => {
        await open;
        await route.continue();
    });
    const sent = kitchen.page.waitForRequest("**/orders/acknowledge");
    await kitchen.silence().click();
    await sent;
    await expect(kitchen.silence()).toBeHidden();
    const second = await order(page, "Not seen");
    await expect(kitchen.ticket(second.number)).toBeVisible();
    await expect(kitchen.silence()).toBeVisible();
    const answered = kitchen.page.waitForResponse("**/orders/acknowledge");
    pass();
    await answered;
    const acknowledged = (name: string): string | undefined =>
        env.database.run(`SELECT count(acknowledged_at) FROM orders WHERE guest_name = '${name}' AND number IN (${first.number}, ${second.number})`)[0];
    expect([acknowledged("Tapped"), acknowledged("Not seen")]).toEqual(["1", "0"]);
    await expect(kitchen.silence()).toBeVisible();
    await kitchen.silence().click();
    await expect(kitchen.silence()).toBeHidden();
    await expect.poll(() => acknowledged("Not seen")).toBe("1");
});

test("the board shows the start, change and end of a pause", async ({ env, newBrowserContext }) => {
    const kitchen = await kitchenOf(await newBrowserContext(), env);
    const other = await kitchenOf(await newBrowserContext(), env);
    const pause = other.page.locator("#pause");
    await kitchen.openPause();
    await expectGoodPage(kitchen.page, "board pausing");
    await kitchen.page.getByRole("button", { name: "15 min" }).click();
    await expect(pause).toContainText("Paused until");
    await expect(other.page.locator("summary").filter({ hasText: "Paused until" })).toBeVisible();
    await expectGoodPage(other.page, "board paused");
    env.database.run(`UPDATE restaurants SET paused_until = now() + interval '9 seconds' WHERE slug = '${BOAT}'`);
    for (const board of [kitchen, other]) {
        await expect(board.page.locator("summary").filter({ hasText: /^Pause\b/ })).toBeVisible({ timeout: 30_000 });
        await board.openPause();
        await expect(board.page.getByText("Pause for")).toBeVisible();
        await expect(board.page.locator("#pause").getByText("Paused until")).toBeHidden();
    }
});

test("an unreadable order is on the board with its number, together with all others", async ({ page, env, newBrowserContext }) => {
    const torn = await order(page, "Torn");
    const whole = await order(page, "Whole");
    env.database.run(`UPDATE orders SET bill = '[]' WHERE guest_name = 'Torn'; UPDATE order_lines SET snapshot = '[]'
        WHERE order_id IN (SELECT order_id FROM orders WHERE guest_name = 'Torn');`);
    const kitchen = await kitchenOf(await newBrowserContext(), env);
    await expect(kitchen.ticket(torn.number)).toContainText("The dishes of this order cannot be read");
    await expect(kitchen.ticket(whole.number)).toContainText("Whole");
    await expectGoodPage(kitchen.page, "board unreadable");
    await kitchen.accept(torn.number, 20);
    await kitchen.accept(whole.number, 20);
    await kitchen.show("Preparing");
    for (const { number } of [torn, whole]) {
        await expect(kitchen.column("Preparing").locator(`#order-${number}`)).toBeVisible();
    }
});

test("a board shows that it is signed out and gets no more updates", async ({ page, env, newBrowserContext, pageErrors }) => {
    pageErrors.allow(refusals(401));
    const kitchen = await kitchenOf(await newBrowserContext(), env);
    const tab = await kitchen.page.context().newPage();
    await tab.goto("/dashboard");
    await tab.getByRole("button", { name: "Sign out" }).first().click();
    await tab.waitForURL("**/sign-in");
    await expect(kitchen.page.getByRole("alert").filter({ hasText: "You are signed out" })).toBeVisible({ timeout: 30_000 });
    await expect(kitchen.strip()).toHaveAttribute("data-freshness", "stale");
    const placed = await order(page, "After the shift");
    await kitchen.page.waitForTimeout(3_000);
    await expect(kitchen.ticket(placed.number)).toHaveCount(0);
});
