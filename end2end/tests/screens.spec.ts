// Narrow screens, large text, both themes: nothing is cut off, nothing scrolls sideways, everything can be read.

import { AKARI, CLOVER, LUIGI, MURJAN } from "./demo.ts";
import { everyPage } from "./every-page.ts";
import { expect, test } from "./fixtures.ts";
import { expectAccessible, expectGoodPage, expectNoSidewaysScroll } from "./good-page.ts";
import { Guest } from "./guest.ts";
import { Kitchen } from "./kitchen.ts";

test("nothing scrolls sideways at 320 pixels", async ({ page, house, troubles }) => {
    troubles.allow(/status of 404/);
    const pages = await everyPage(page, house);
    await page.setViewportSize({ width: 320, height: 640 });
    for (const [name, address] of pages) {
        await page.goto(address);
        await test.step(name, () => expectGoodPage(page, `at 320 ${name}`));
    }
});

test("large text stays on the screen", async ({ page, house, troubles }) => {
    troubles.allow(/status of 404/);
    for (const [name, address] of await everyPage(page, house)) {
        await page.goto(address);
        // Twice the size on a desk; on a phone as large as phones make it.
        await page.evaluate((size) => {
            document.documentElement.style.fontSize = size;
        }, test.info().project.name === "phone" ? "130%" : "200%");
        await test.step(name, async () => {
            await page.screenshot({ path: `test-results/looks/${test.info().project.name}-large-text-${name.replaceAll(" ", "-")}.png` });
            await expectNoSidewaysScroll(page);
        });
    }
});

for (const colorScheme of ["light", "dark"] as const) {
    test(`every page can be read in the ${colorScheme} theme`, async ({ page, house, troubles }) => {
        troubles.allow(/status of 404/);
        const pages = await everyPage(page, house);
        await page.emulateMedia({ colorScheme });
        for (const [name, address] of pages) {
            await page.goto(address);
            await test.step(name, () => expectGoodPage(page, `${colorScheme} ${name}`));
        }
    });
}

test("on a phone the orders begin near the top; rarely used controls unfold, without scripts as well", async ({ newPerson, house }) => {
    for (const javaScriptEnabled of [true, false]) {
        const staff = await newPerson({ javaScriptEnabled });
        await staff.setViewportSize({ width: 375, height: 812 });
        const kitchen = await Kitchen.open(staff, house.owner, LUIGI);
        if (javaScriptEnabled) await kitchen.expectAlive();
        const tabs = await staff.getByRole("navigation", { name: "Columns" }).boundingBox();
        expect((tabs?.y ?? 1_000) + (tabs?.height ?? 0)).toBeLessThanOrEqual(150);
        await expect(staff.getByRole("button", { name: "Sign out" })).toBeHidden();
        await staff.locator("header summary").focus();
        await staff.keyboard.press("Enter");
        await expect(staff.getByRole("button", { name: "Sign out" })).toBeVisible();
        await expect(staff.getByRole("link", { name: "All restaurants" })).toBeVisible();
        await expectGoodPage(staff, `board more ${javaScriptEnabled}`);
        await kitchen.openPause();
        await expect(staff.getByRole("button", { name: "15 min" })).toBeVisible();
    }
});

test("the theme switch turns the page over and is remembered", async ({ page }) => {
    await page.goto("/");
    const paper = (): Promise<string> => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
    const light = await paper();
    await page.getByRole("button", { name: "Switch between light and dark" }).click();
    const dark = await paper();
    expect(dark).not.toBe(light);
    await expectAccessible(page);
    await page.goto(`/restaurants/${LUIGI}`);
    expect(await paper()).toBe(dark);
    await page.getByRole("button", { name: "Switch between light and dark" }).click();
    expect(await paper()).toBe(light);
});

test("an Arabic menu reads from right to left, with dinars of three decimals", async ({ page }) => {
    const guest = new Guest(page, MURJAN);
    await guest.openMenu();
    const heading = page.getByRole("heading", { level: 1 });
    await expect(heading).toHaveAttribute("lang", "ar");
    expect(await heading.evaluate((element) => getComputedStyle(element).direction)).toBe("rtl");
    await expect(page.locator("[data-dish]").first()).toContainText(/\d\.\d{3}/);
    await expectGoodPage(page, "arabic");
    await page.locator("[data-dish] h3 a").first().click();
    const name = page.locator('form[data-options] legend span[lang="ar"]').first();
    if (await name.count()) expect(await name.evaluate((element) => getComputedStyle(element).direction)).toBe("rtl");
    await expectGoodPage(page, "arabic dish");
});

test("a Japanese menu has its language, and yen without decimals", async ({ page }) => {
    const guest = new Guest(page, AKARI);
    await guest.openMenu();
    await expect(page.getByRole("heading", { level: 1 })).toHaveAttribute("lang", "ja");
    const price = await page.locator("[data-dish]").first().locator("p .tabular-nums, p span").filter({ hasText: /[¥￥]|JPY|円/ }).first().innerText();
    expect(price).toMatch(/[¥￥]\s?[\d,]+$/);
    expect(price).not.toMatch(/\.\d/);
    await expectGoodPage(page, "japanese");
});

test("a menu with every allergen says them in words, too", async ({ page }) => {
    const guest = new Guest(page, CLOVER);
    await guest.openMenu();
    await expect(page.getByRole("heading", { name: "Allergens" })).toBeVisible();
    await expect(page.locator("[data-dish] abbr").first()).toHaveAttribute("title", /^Contains /);
    await expectGoodPage(page, "allergens");
});
