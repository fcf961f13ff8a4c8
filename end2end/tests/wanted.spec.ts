// Ordering for later: the time is chosen on the menu, and from then on decides what can be had, with and without scripts.

import type { Page } from "@playwright/test";
import { BOAT } from "./demo.ts";
import { type House, expect, test } from "./fixtures.ts";
import { expectGoodPage } from "./good-page.ts";
import { Guest, menuOf } from "./guest.ts";

/** Marks a dish as sold out for the next three hours; answers its name. */
async function soldOutForNow(page: Page, house: House): Promise<string> {
    const menu = await menuOf(page, BOAT);
    const items = menu.sections.flatMap((section) => section.items);
    const dish = items.find((item) => item.groups.length === 0 && item.variants.length === 1);
    if (!dish) throw new Error(`${BOAT} has no dish without choices`);
    house.database.run(`
        UPDATE items SET sold_out_until = now() + interval '3 hours' WHERE item_id = '${dish.id}';
        UPDATE restaurants SET menu_version = menu_version + 1 WHERE slug = '${BOAT}';
    `);
    return dish.name;
}

/** Chooses the last time on offer; answers its words. */
async function chooseLater(page: Page): Promise<string> {
    const times = page.getByLabel("For when");
    const words = (await times.getByRole("option").allInnerTexts()).at(-1) ?? "";
    await times.selectOption({ label: words });
    await page.getByRole("button", { name: "Set time" }).click();
    await page.waitForURL(/due=\d+/);
    return words;
}

for (const scripts of [true, false]) {
    const how = scripts ? "with scripts" : "without scripts";
    test(`what is sold out now is ordered for later, ${how}`, async ({ house, newPerson }) => {
        const page = await newPerson({ javaScriptEnabled: scripts });
        const guest = new Guest(page, BOAT, scripts);
        const dish = await soldOutForNow(page, house);
        await expect(async () => {
            await guest.openMenu();
            await expect(guest.dish(dish)).toContainText("Sold out until", { timeout: 100 });
        }).toPass({ timeout: 15_000 });
        await expectGoodPage(page, `menu of now ${how}`);
        const later = await chooseLater(page);
        await guest.awake();
        await expect(page.getByText(`Dishes for ${later}.`)).toBeVisible();
        await expect(guest.dish(dish)).not.toContainText("Sold out");
        await expectGoodPage(page, `menu for later ${how}`);
        await guest.add(dish);
        if (scripts) {
            await guest.expectCount(1);
            // The menu of now gives way to that of the time which is chosen.
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
        // As soon as possible it cannot be had, and the page says so before anything is ordered.
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
