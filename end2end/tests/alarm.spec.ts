// The alarm of new orders until acknowledgement: title, column heading, sound.

import type { Page } from "@playwright/test";
import { GRIDDLE } from "./demo.ts";
import { expect, test } from "./fixtures.ts";
import { expectGoodPage } from "./page-quality.ts";
import { menuOf } from "./guest.ts";
import { Kitchen } from "./kitchen.ts";

/** Counts every attempt to play a sound. */
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

test("new orders ring, flash and are counted until acknowledged", async ({ page, env, newBrowserContext }) => {
    const staff = await newBrowserContext({ reducedMotion: "no-preference" });
    const sounds = await countSounds(staff);
    const kitchen = await Kitchen.open(staff, env.cook, GRIDDLE);
    await kitchen.expectAlive();
    if (await kitchen.silence().isVisible()) await kitchen.silence().click();
    const wake = staff.getByRole("button", { name: "Turn on sound" });
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
    expect(await sounds(), "no sound after acknowledgement").toBe(silenced);

    await staff.reload();
    await kitchen.expectAlive();
    await expect(kitchen.silence(), "the server stores the acknowledgement").toBeHidden();
});

test("a device vibrates for a new order only after a tap, as browsers require", async ({ page, env, newBrowserContext }) => {
    const staff = await newBrowserContext();
    await Kitchen.open(staff, env.cook, GRIDDLE);
    // A page that is opened without a tap, as on a kiosk screen.
    const board = await staff.context().newPage();
    // The tools of a test count as taps in this browser, so it is told here whether there was one.
    await board.addInitScript(() => {
        const counter = window as unknown as { shaken: number };
        counter.shaken = 0;
        let tapped = false;
        addEventListener("pointerdown", () => (tapped = true), { capture: true });
        Object.defineProperty(navigator, "userActivation", { get: () => ({ hasBeenActive: tapped, isActive: tapped }) });
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

test("the guest sees the reason of a rejection, and staff can undo it", async ({ page, env, newBrowserContext }) => {
    const number = await order(page, `reject-${test.info().project.name}`);
    const token = env.database.run(
        `SELECT token FROM orders JOIN restaurants USING (restaurant_id) WHERE slug = '${GRIDDLE}' AND number = ${number}`,
    )[0];
    await page.goto(`/orders/${token}`);
    const kitchen = await Kitchen.open(await newBrowserContext(), env.cook, GRIDDLE);
    await kitchen.expectAlive();
    const more = await kitchen.more(number);
    await more.getByLabel("Reason (shown to the guest)").selectOption({ label: "Something ran out" });
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
    await expect(page.locator("#order").getByText("No buns left")).toHaveCount(1);
    await expect(page.getByRole("button", { name: "Order this again" })).toBeVisible();
    await expectGoodPage(page, "order rejected");
    await kitchen.press(number, "Undo");
    await kitchen.show("New");
    await expect(kitchen.column("New").locator(`#order-${number}`)).toBeVisible();
});
