// Search on the home page: by restaurant, item, cuisine, opening state and allergens.

import { expect, test } from "./fixtures.ts";
import { expectGoodPage } from "./page-quality.ts";

const cards = "#results li";

for (const javaScriptEnabled of [true, false]) {
    const scripts = javaScriptEnabled ? "with scripts" : "without scripts";

    test(`text finds restaurants, cuisines and items, ${scripts}`, async ({ newBrowserContext }) => {
        const page = await newBrowserContext({ javaScriptEnabled });
        const search = async (text: string): Promise<void> => {
            await page.goto("/");
            await page.getByRole("searchbox").fill(text);
            await page.getByRole("searchbox").press("Enter");
            await expect(page.getByRole("heading", { name: `for “${text}”` })).toBeVisible();
        };
        await search("luigi");
        await expect(page.locator(cards)).toHaveCount(1);
        await search("ramen");
        await expect(page.getByRole("link", { name: "Kitsune Noodle Counter" })).toBeVisible();
        await search("tiramisu");
        await expect(page.locator(cards).filter({ hasText: "Luigi's Hearth" })).toContainText("Tiramisu");
        await search("あかり");
        await expect(page.locator(cards)).toHaveCount(1);
    });

    test(`filters narrow the list and can be cleared, ${scripts}`, async ({ newBrowserContext }) => {
        const page = await newBrowserContext({ javaScriptEnabled });
        await page.goto("/");
        await expect(page.locator(cards)).toHaveCount(12);
        const apply = async (): Promise<void> => {
            if (!javaScriptEnabled) await page.getByRole("button", { name: "Search", exact: true }).click();
        };
        await page.locator("label").filter({ hasText: "Open now" }).click();
        await apply();
        await expect(page.locator(cards)).toHaveCount(11);
        await expect(page.getByRole("link", { name: "Kitsune Noodle Counter" })).toHaveCount(0);
        await page.locator("label").filter({ hasText: /^Pizza$/ }).click();
        await apply();
        await expect(page.locator(cards)).toHaveCount(1);
        await expect(page).toHaveURL(/open=1/);
        await expectGoodPage(page, `home filtered ${scripts}`);
        await page.getByRole("link", { name: "Clear search and filters" }).click();
        await expect(page.locator(cards)).toHaveCount(12);
        await page.getByText("Diet and allergens").click();
        await page.getByRole("group", { name: "I eat" }).locator("label").filter({ hasText: /^Vegan$/ }).click();
        await page.getByRole("group", { name: "Free of" }).locator("label").filter({ hasText: /^Gluten$/ }).click();
        await apply();
        await expect(page).toHaveURL(/diet=vegan/);
        await expect(page).toHaveURL(/free_of=gluten/);
        await expect(page.getByRole("link", { name: "Clover & Ash" })).toBeVisible();
        await expectGoodPage(page, `home diets ${scripts}`);
    });
}

test("filters chosen before the script has run are applied by it", async ({ newBrowserContext }) => {
    const page = await newBrowserContext();
    let wake = (): void => undefined;
    const released = new Promise<void>((resolve) => (wake = resolve));
    await page.route(/guest\..*js/, async (route) => {
        await released;
        await route.continue();
    });
    await page.goto("/", { waitUntil: "commit" });
    await page.locator("label").filter({ hasText: "Open now" }).click();
    await expect(page.locator(cards)).toHaveCount(12);
    wake();
    await expect(page.locator(cards)).toHaveCount(11);
    await expect(page).toHaveURL(/open=1/);
});

test("open restaurants come first", async ({ page }) => {
    await page.goto("/");
    const closed = await page.locator(cards).evaluateAll((items) => items.map((item) => item.getAttribute("data-closed") === "true"));
    expect(closed.indexOf(true)).toBe(11);
});

test("“Near me” uses the browser's location and lists the nearest first", async ({ newBrowserContext }) => {
    const page = await newBrowserContext({ geolocation: { latitude: 40.7188, longitude: -73.9897 }, permissions: ["geolocation"] });
    await page.goto("/");
    await page.getByRole("button", { name: "Near me" }).click();
    await expect(page.locator(cards).first()).toContainText("Clover & Ash");
    await expect(page.locator(cards).first()).toContainText(/\d km/);
    await expectGoodPage(page, "home near");
});
