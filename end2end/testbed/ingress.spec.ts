// Orders through the ingress while backends are killed: each in turn, and the one that processes the order.

import type { Locator, Page, Response } from "@playwright/test";
import { LUIGI } from "../tests/demo.ts";
import { Guest, type PlacedOrder } from "../tests/guest.ts";
import { expect, test } from "./fixtures.ts";
import type { World } from "./world.ts";

const DISH = "Tiramisu";

interface StoredOrder {
    number: number;
    guest: string;
    restaurant_slug: string;
    bill: { lines: { name: string; quantity: number }[]; total: { minor: number; currency: string } };
}

for (const javaScriptEnabled of [true, false]) {
    const scripts = javaScriptEnabled ? "with scripts" : "without scripts";

    test(`an order is placed while backends are killed, ${scripts}`, async ({ world, newGuest }) => {
        const page = await newGuest({ javaScriptEnabled });
        const guest = new Guest(page, LUIGI, javaScriptEnabled);
        const name = nameOfItsOwn(scripts);
        const [first = "", second = "", third = first] = world.backends;
        await openHome(page);
        await world.without(first, () => openRestaurant(page, guest));
        await world.without(second, () => addDish(page, guest, javaScriptEnabled));
        await world.without(third, () => goToCheckout(page, guest));
        await guest.introduce({ name, email: "guest@example.org" });
        const promised = await amountIn(guest.placeButton());
        const { placed, dead, answered } = await placeWhileItsBackendDies(world, page, guest);
        test.info().annotations.push({ type: "backends", description: `${dead} died with the order, ${answered} answered` });
        expect(answered).not.toBe(dead);
        await expect(page.locator("#agreed")).toContainText(promised);
        await expectOneOrder(world, placed, name, promised);
        await world.whole();
        await page.reload();
        await expect(page.locator("#order strong")).toHaveText(String(placed.number));
        await expect(page.locator("#agreed")).toContainText(promised);
    });
}

test("the order page reconnects when the backend of its stream is killed", async ({ world, newGuest, pageErrors }) => {
    // The browser logs a broken stream, also when the page recovers.
    pageErrors.allow(/net::ERR_\S+ https:\S+\/events\?after=/, /\/events\?after=\d+ net::ERR_/);
    const page = await newGuest();
    const guest = new Guest(page, LUIGI);
    await guest.openMenu();
    await guest.add(DISH);
    await guest.expectCount(1);
    await guest.openCheckout();
    await guest.introduce({ name: nameOfItsOwn("listens"), email: "guest@example.org" });
    const listening = page.waitForResponse(isStream);
    const placed = await guest.placeOrder();
    const speaker = nodeOf(await listening);
    const again = page.waitForResponse(isStream);
    world.kill(speaker);
    expect((await again).status()).toBe(200);
    await expect(page.locator("#order-connection")).toBeEmpty();
    // From another device, so that this page learns of it only by the stream.
    world.ask(`${placed.address}/cancel`, "--request", "POST", "--output", "/dev/null");
    await expect(guest.headline()).toContainText("You cancelled this order");
    await world.whole();
});

/** The testbed is used for several runs: a unique name. */
function nameOfItsOwn(words: string): string {
    return `${test.info().project.name} ${words} ${Date.now()}`;
}

/** On a busy host the page may state that restaurants cannot be reached; then it is loaded again. */
async function openHome(page: Page): Promise<void> {
    await expect(async () => {
        await page.goto("/");
        await expect(cardOf(page)).toBeVisible({ timeout: 2_000 });
    }).toPass({ timeout: 120_000 });
}

function cardOf(page: Page): Locator {
    return page.locator("#results li").filter({ has: page.getByRole("link", { name: "Luigi's Hearth" }) });
}

async function openRestaurant(page: Page, guest: Guest): Promise<void> {
    const card = cardOf(page);
    await expect(card, "it is open at this hour; make chaos opens all restaurants").not.toHaveAttribute("data-closed", "true");
    await card.getByRole("link", { name: "Luigi's Hearth" }).click();
    await guest.hydrated();
    await expect(guest.dish(DISH)).toBeVisible();
}

/** With scripts the menu stays; without, the cart page opens. */
async function addDish(page: Page, guest: Guest, scripts: boolean): Promise<void> {
    await guest.add(DISH);
    if (!scripts) await page.waitForURL(/\/cart$/);
    await guest.expectCount(1);
}

async function goToCheckout(page: Page, guest: Guest): Promise<void> {
    await guest.openCart();
    await expect(guest.line(DISH)).toBeVisible();
    await page.getByRole("link", { name: "Go to checkout" }).click();
    await guest.hydrated();
    await expect(guest.headline()).toHaveText("Checkout");
}

interface Survived {
    placed: PlacedOrder;
    dead: string;
    answered: string;
}

/** The order waits in the database while its backend is killed, so that its result is unknown to the client. */
async function placeWhileItsBackendDies(world: World, page: Page, guest: Guest): Promise<Survived> {
    const hold = await world.hold(LUIGI);
    let dead: string | undefined;
    const answer = page.waitForResponse((response) => response.request().method() === "POST" && response.url().endsWith("/checkout"));
    try {
        await guest.placeButton().click({ noWaitAfter: true });
        await expect.poll(() => (dead = world.holder()), { message: "a backend has the order", intervals: [50] }).toBeDefined();
        if (dead) world.kill(dead);
    } finally {
        await hold.release();
    }
    const answered = nodeOf(await answer);
    return { placed: await guest.arriveAtOrder(), dead: dead ?? "", answered };
}

async function expectOneOrder(world: World, placed: PlacedOrder, name: string, promised: string): Promise<void> {
    const order = JSON.parse(world.ask(`/api/v1${placed.address}`)) as StoredOrder;
    expect(order).toMatchObject({ number: placed.number, guest: name, restaurant_slug: LUIGI, bill: { lines: [{ name: DISH, quantity: 1 }] } });
    expect(order.bill.lines).toHaveLength(1);
    expect((order.bill.total.minor / 100).toFixed(2)).toBe(promised);
    expect(world.query(`SELECT number, total_minor FROM orders WHERE guest_name = '${name}'`)).toEqual([`${placed.number}|${order.bill.total.minor}`]);
}

async function amountIn(button: Locator): Promise<string> {
    const words = await button.innerText();
    const amount = /\d+\.\d\d/.exec(words)?.[0];
    if (!amount) throw new Error(`There is no amount in “${words}”.`);
    return amount;
}

function isStream(response: Response): boolean {
    return response.url().includes("/events?after=");
}

function nodeOf(response: Response): string {
    return response.headers()["x-toast-node"] ?? "";
}
