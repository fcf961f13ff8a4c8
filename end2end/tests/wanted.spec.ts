// Orders for later: the time chosen on the menu decides availability, with and without scripts.

import type { Page } from "@playwright/test";
import { BOAT } from "./demo.ts";
import { type TestEnv, expect, test } from "./fixtures.ts";
import { expectGoodPage } from "./page-quality.ts";
import { Guest, menuOf } from "./guest.ts";

/** Marks an item as sold out for the next three hours; returns its name. */
async function soldOutForNow(page: Page, env: TestEnv): Promise<string> {
    const menu = await menuOf(page, BOAT);
    const items = menu.sections.flatMap((section) => section.items);
    const dish = items.find((item) => item.groups.length === 0 && item.variants.length === 1);
    if (!dish) throw new Error(`${BOAT} has no dish without choices`);
    env.database.run(`
        UPDATE items SET sold_out_until = now() + interval '3 hours' WHERE item_id = '${dish.id}';
        UPDATE restaurants SET menu_version = menu_version + 1 WHERE slug = '${BOAT}';
    `);
    return dish.name;
}

/** Chooses the last offered time; returns its text. With scripts the choice is sent at once. */
async function chooseLater(page: Page, scripts: boolean): Promise<string> {
    const times = page.getByLabel("For when");
    const words = (await times.getByRole("option").allInnerTexts()).at(-1) ?? "";
    await times.selectOption({ label: words });
    if (!scripts) await page.getByRole("button", { name: "Set time" }).click();
    await page.waitForURL(/due=\d+/);
    return words;
}

test("a time chosen by arrow keys is set by the button", async ({ page }) => {
    const guest = new Guest(page, BOAT);
    await guest.openMenu();
    const times = page.getByLabel("For when");
    await times.focus();
    // The first time may be over before it is set.
    for (let steps = 0; steps < 4; steps += 1) await page.keyboard.press("ArrowDown");
    const words = await times.locator("option:checked").innerText();
    expect(words).not.toBe("As soon as possible");
    expect(page.url()).not.toContain("due=");
    await page.getByRole("button", { name: "Set time" }).press("Enter");
    await page.waitForURL(/due=\d+/);
    await expect(times.locator("option:checked")).toHaveText(words);
});

for (const scripts of [true, false]) {
    const how = scripts ? "with scripts" : "without scripts";
    test(`an item that is sold out now is ordered for later, ${how}`, async ({ env, newBrowserContext }) => {
        const page = await newBrowserContext({ javaScriptEnabled: scripts });
        const guest = new Guest(page, BOAT, scripts);
        const dish = await soldOutForNow(page, env);
        await expect(async () => {
            await guest.openMenu();
            await expect(guest.dish(dish)).toContainText("Sold out until", { timeout: 100 });
        }).toPass({ timeout: 15_000 });
        await expectGoodPage(page, `menu of now ${how}`);
        const later = await chooseLater(page, scripts);
        await guest.hydrated();
        await expect(page.getByText(`Dishes for ${later}.`)).toBeVisible();
        await expect(guest.dish(dish)).not.toContainText("Sold out");
        await expectGoodPage(page, `menu for later ${how}`);
        await guest.add(dish);
        if (scripts) {
            await guest.expectCount(1);
            // The menu for now is replaced by that for the chosen time.
            await page.goto(`/restaurants/${BOAT}`);
            await page.waitForURL(/due=\d+/);
        }
        await guest.openCart();
        await expect(guest.line(dish)).not.toContainText("Sold out");
        await expect(page.getByLabel("For when").locator("option:checked")).toHaveText(later);
        await expectGoodPage(page, `cart for later ${how}`);
        await guest.openCheckout();
        const time = page.getByLabel("Time", { exact: true });
        await expect(time.locator("option:checked")).toHaveText(later);
        // It is not available as soon as possible, and the page states this before the order.
        await time.selectOption("asap");
        await guest.settle();
        await expect(page.locator("#total")).toContainText(`${dish}: Sold out until`);
        await page.getByLabel("Time", { exact: true }).selectOption({ label: later });
        await guest.settle();
        await expect(page.locator("#total")).not.toContainText("Sold out");
        await guest.introduce({ name: "Ada", phone: "+49 30 5550199" });
        await guest.placeOrder();
        await guest.openCart();
        await guest.expectCount(0);
        await expect(page.getByLabel("For when").locator("option:checked")).toHaveText("As soon as possible");
    });
}
