// A new order rings until somebody has looked: in the title, on the column's head, by sound, and again.

import type { Page } from "@playwright/test";
import { GRIDDLE } from "./demo.ts";
import { expect, test } from "./fixtures.ts";
import { expectGoodPage } from "./good-page.ts";
import { menuOf } from "./guest.ts";
import { Kitchen } from "./kitchen.ts";

/** Counts every attempt to make a sound, whatever the page makes it with. */
async function countSounds(page: Page): Promise<() => Promise<number>> {
    await page.addInitScript(() => {
        const counter = window as unknown as { sounds: number };
        counter.sounds = 0;
        const start = OscillatorNode.prototype.start;
        OscillatorNode.prototype.start = function (when?: number) {
            counter.sounds += 1;
            start.call(this, when);
        };
        const play = HTMLMediaElement.prototype.play;
        HTMLMediaElement.prototype.play = function () {
            counter.sounds += 1;
            return play.call(this);
        };
    });
    return () => page.evaluate(() => (window as unknown as { sounds: number }).sounds);
}

async function order(page: Page, key: string): Promise<number> {
    const menu = await menuOf(page, GRIDDLE);
    const simple = menu.sections.flatMap((section) => section.items).find((item) => item.groups.length === 0 && item.variants.length === 1);
    const answer = await page.request.post(`/api/v1/restaurants/${GRIDDLE}/orders`, {
        headers: { "idempotency-key": key },
        data: { lines: [{ item: simple?.id, quantity: 1 }], mode: "pickup", contact: { name: "Alarm", phone: "+1 718 555 0101" } },
    });
    expect(answer.status()).toBe(201);
    return ((await answer.json()) as { number: number }).number;
}

test("rings, flashes and counts until acknowledged, and then is quiet", async ({ page, house, newPerson }) => {
    const staff = await newPerson({ reducedMotion: "no-preference" });
    const sounds = await countSounds(staff);
    const kitchen = await Kitchen.open(staff, house.cook, GRIDDLE);
    await kitchen.expectAlive();
    if (await kitchen.silence().isVisible()) await kitchen.silence().click();
    const wake = staff.getByRole("button", { name: "Switch sound on" });
    if (await wake.isVisible()) await wake.click();
    await expect(staff.getByText("Sound is on")).toBeVisible();
    await expect(staff).not.toHaveTitle(/^\(/);
    const quiet = await sounds();

    const number = await order(page, `alarm-1-${test.info().project.name}`);
    await expect(kitchen.ticket(number)).toBeVisible();
    await expect(staff).toHaveTitle(/^\(1\)/);
    const head = kitchen.column("New").locator("header").first();
    await expect(head).toHaveClass(/animate-flash/);
    expect(await head.evaluate((element) => getComputedStyle(element).animationName)).not.toBe("none");
    await expect.poll(sounds).toBeGreaterThan(quiet);
    const first = await sounds();
    await expect.poll(sounds, { message: "it rings again", timeout: 60_000 }).toBeGreaterThan(first);

    await order(page, `alarm-2-${test.info().project.name}`);
    await expect(staff).toHaveTitle(/^\(2\)/);
    await expectGoodPage(staff, "board ringing");
    await kitchen.silence().click();
    await expect(head).not.toHaveClass(/animate-flash/);
    await expect(kitchen.silence()).toBeHidden();
    const silenced = await sounds();
    await staff.waitForTimeout(5_000);
    expect(await sounds(), "no sound after somebody has looked").toBe(silenced);

    await staff.reload();
    await kitchen.expectAlive();
    await expect(kitchen.silence(), "the server remembers that somebody has looked").toBeHidden();
});

test("a device shakes for a new order only after it was tapped: before that, browsers complain", async ({ page, house, newPerson }) => {
    const staff = await newPerson();
    await Kitchen.open(staff, house.cook, GRIDDLE);
    // A page that is opened without a tap, as on a screen that starts with it.
    const board = await staff.context().newPage();
    await board.addInitScript(() => {
        const counter = window as unknown as { shaken: number };
        counter.shaken = 0;
        navigator.vibrate = () => {
            counter.shaken += 1;
            return true;
        };
    });
    await board.goto(`/dashboard/${GRIDDLE}/orders`);
    const kitchen = new Kitchen(board, GRIDDLE);
    await kitchen.expectAlive();
    const shaken = (): Promise<number> => board.evaluate(() => (window as unknown as { shaken: number }).shaken);
    const first = await order(page, `shake-1-${test.info().project.name}`);
    await expect(kitchen.ticket(first)).toBeVisible();
    await expect(board).toHaveTitle(/^\(\d+\)/);
    expect(await shaken()).toBe(0);
    await kitchen.silence().click();
    const second = await order(page, `shake-2-${test.info().project.name}`);
    await expect(kitchen.ticket(second)).toBeVisible();
    await expect.poll(shaken).toBeGreaterThan(0);
    await kitchen.silence().click();
});

test("an order is turned down with a reason that the guest reads; the move can be taken back", async ({ page, house, newPerson }) => {
    const number = await order(page, `reject-${test.info().project.name}`);
    const token = house.database.run(
        `SELECT token FROM orders JOIN restaurants USING (restaurant_id) WHERE slug = '${GRIDDLE}' AND number = ${number}`,
    )[0];
    await page.goto(`/orders/${token}`);
    const kitchen = await Kitchen.open(await newPerson(), house.cook, GRIDDLE);
    await kitchen.expectAlive();
    const more = await kitchen.more(number);
    await more.getByLabel("Reason, told to the guest").selectOption({ label: "Something ran out" });
    await more.getByLabel("In your own words (optional)").fill("No buns left");
    await expectGoodPage(kitchen.page, "board rejecting");
    await more.getByRole("button", { name: /^Reject order/ }).click();
    await kitchen.show("Done");
    await expect(kitchen.column("Done").locator(`#order-${number}`)).toContainText("Rejected");
    const headline = page.getByRole("heading", { level: 1 });
    await expect(headline).toContainText("could not take this order");
    await expect(page.locator("#order")).toContainText("No buns left");
    const step = page.locator('#order [aria-current="step"]');
    await expect(step).toContainText("Turned down");
    await expect(page.locator("main").getByText("No buns left")).toHaveCount(1);
    await expect(page.getByRole("button", { name: "Order this again" })).toBeVisible();
    await expectGoodPage(page, "order rejected");
    await kitchen.press(number, "Undo");
    await kitchen.show("New");
    await expect(kitchen.column("New").locator(`#order-${number}`)).toBeVisible();
});
