// Narrow screens, large text and both themes: no clipping, no horizontal scrolling.

import { AKARI, CLOVER, LUIGI, MURJAN } from "./demo.ts";
import { everyPage } from "./every-page.ts";
import { expect, test } from "./fixtures.ts";
import { COLOURS, WIDTH, expectAccessible, expectGoodPage, expectNoSidewaysScroll, keepPicture } from "./page-quality.ts";
import { Guest } from "./guest.ts";
import { Kitchen } from "./kitchen.ts";

test("nothing scrolls sideways at 320 pixels", async ({ page, env, pageErrors }) => {
    pageErrors.allow(/status of 404/);
    const pages = await everyPage(page, env);
    await page.setViewportSize({ width: 320, height: 640 });
    for (const [name, address] of pages) {
        await page.goto(address);
        await test.step(name, () => expectGoodPage(page, `at 320 ${name}`, WIDTH));
    }
});

test("large text fits the screen", async ({ page, env, pageErrors }) => {
    pageErrors.allow(/status of 404/);
    for (const [name, address] of await everyPage(page, env)) {
        await page.goto(address);
        // Twice the size on large screens; on a phone, the largest setting of phones.
        await page.evaluate((size) => {
            document.documentElement.style.fontSize = size;
        }, test.info().project.name === "phone" ? "130%" : "200%");
        await test.step(name, async () => {
            await keepPicture(page, `large text ${name}`);
            await expectNoSidewaysScroll(page);
        });
    }
});

for (const colorScheme of ["light", "dark"] as const) {
    test(`every page is accessible in the ${colorScheme} theme`, async ({ page, env, pageErrors }) => {
        pageErrors.allow(/status of 404/);
        const pages = await everyPage(page, env);
        await page.emulateMedia({ colorScheme });
        for (const [name, address] of pages) {
            await page.goto(address);
            await test.step(name, () => expectGoodPage(page, `${colorScheme} ${name}`, colorScheme === "dark" ? COLOURS : undefined));
        }
    });
}

test("orders begin near the top of a phone; rarely used controls unfold, also without scripts", async ({ newBrowserContext, env }) => {
    for (const javaScriptEnabled of [true, false]) {
        const staff = await newBrowserContext({ javaScriptEnabled });
        await staff.setViewportSize({ width: 375, height: 812 });
        const kitchen = await Kitchen.open(staff, env.owner, LUIGI);
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
        await expectGoodPage(staff, `board unfolded ${javaScriptEnabled}`);
    }
});

test("the theme switch changes the theme and stores it", async ({ page }) => {
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

test("an Arabic menu is right to left, with dinars of three decimals", async ({ page }) => {
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

test("a menu with all allergens names them in its legend", async ({ page }) => {
    const guest = new Guest(page, CLOVER);
    await guest.openMenu();
    await expect(page.getByRole("heading", { name: "Allergens" })).toBeVisible();
    await expect(page.locator("[data-dish] abbr").first()).toHaveAttribute("title", /^Contains /);
    await expectGoodPage(page, "allergens");
});
