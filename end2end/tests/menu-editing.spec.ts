// Menu changes by staff are on the guest's next page; a guest confirms a changed total.

import type { Page } from "@playwright/test";
import { LANTERN, LUIGI } from "./demo.ts";
import { expect, test } from "./fixtures.ts";
import { expectGoodPage } from "./page-quality.ts";
import { Guest, atCheckout, itemOf, menuOf } from "./guest.ts";
import { Kitchen } from "./kitchen.ts";
import { refusals } from "./page-errors.ts";

/** Makes a change and waits until it is published. The seconds are reported, not tested, since the machine may be busy. */
async function published<T>(change: () => Promise<void>, read: () => Promise<T>, expected: T): Promise<void> {
    await change();
    await expect.poll(read, { intervals: [50] }).toEqual(expected);
}

async function editor(page: Page, who: { email: string; password: string }, slug: string): Promise<Kitchen> {
    const kitchen = await Kitchen.open(page, who, slug);
    await kitchen.openMenu();
    return kitchen;
}

test("price, name, description and order of dishes", async ({ page, env, newBrowserContext }) => {
    const staff = await newBrowserContext();
    const kitchen = await editor(staff, env.owner, LUIGI);
    await expectGoodPage(staff, "menu editor");
    const guest = new Guest(page, LUIGI);
    await guest.openMenu();
    await expect(guest.dish("Gelato")).toHaveCount(0);

    const row = await kitchen.openDish("Three scoops of gelato");
    await expectGoodPage(staff, "menu editor dish");
    await row.getByLabel(/^Price of Three scoops of gelato/).fill("5,90");
    await published(
        () => row.getByRole("button", { name: /^Save price of/ }).click(),
        async () => (await itemOf(page, LUIGI, "Three scoops of gelato")).variants[0]?.price.minor,
        590,
    );
    await page.reload();
    await expect(guest.dish("Three scoops of gelato")).toContainText("5.90");

    const again = await kitchen.openDish("Three scoops of gelato");
    await again.getByLabel(/^Name of Three scoops of gelato/).fill("Four scoops of gelato");
    const names = async (): Promise<string[]> =>
        (await menuOf(page, LUIGI)).sections.find((section) => section.name === "Sweet")?.items.map((item) => item.name) ?? [];
    await published(
        () => again.getByRole("button", { name: /^Save name of/ }).click(),
        names,
        ["Tiramisu", "Four scoops of gelato", "Berry tartlet"],
    );
    await kitchen.openMenu();
    const renamed = await kitchen.openDish("Four scoops of gelato");
    await published(
        () => renamed.getByRole("button", { name: "Move Four scoops of gelato up" }).click(),
        names,
        ["Four scoops of gelato", "Tiramisu", "Berry tartlet"],
    );
    await page.reload();
    const shown = page.getByRole("heading", { level: 3 });
    const order = (await shown.allInnerTexts()).filter((name) => /gelato|Tiramisu/.test(name));
    expect(order).toEqual(["Four scoops of gelato", "Tiramisu"]);
});

test("an invalid price is rejected at its field", async ({ env, newBrowserContext, pageErrors }) => {
    pageErrors.allow(refusals(422));
    const staff = await newBrowserContext();
    const kitchen = await editor(staff, env.owner, LUIGI);
    for (const wrong of ["cheap", "-4", "1.234567"]) {
        await kitchen.openMenu();
        const row = await kitchen.openDish("Calzone");
        await row.getByLabel(/^Price of Calzone/).fill(wrong);
        await row.getByRole("button", { name: /^Save price of/ }).click();
        await expect(row.getByRole("alert").filter({ hasText: /price/i })).toBeVisible();
        await expect(row.getByLabel(/^Price of Calzone/)).toHaveValue(wrong);
    }
    await expectGoodPage(staff, "menu editor refused");
});

test("an item is sold out today, sold out until a time, and available again", async ({ page, env, newBrowserContext }) => {
    const staff = await newBrowserContext();
    const kitchen = await editor(staff, env.owner, LANTERN);
    const menu = await menuOf(page, LANTERN);
    const dish = menu.sections[0]?.items[0]?.name ?? "";
    const guest = new Guest(page, LANTERN);
    await guest.openMenu();
    await expect(guest.dish(dish)).not.toHaveAttribute("data-sold-out");

    await (await kitchen.openDish(dish)).getByRole("button", { name: /^Sold out today/ }).click();
    await expect(async () => {
        await page.reload();
        await expect(guest.dish(dish)).toContainText(/Sold out/, { timeout: 100 });
    }).toPass({ timeout: 60_000 });
    await expectGoodPage(page, "menu sold out");

    await kitchen.openMenu();
    const row = await kitchen.openDish(dish);
    await row.getByRole("button", { name: /^Available again/ }).click();
    await expect(async () => {
        await page.reload();
        await expect(guest.dish(dish)).not.toContainText(/Sold out/, { timeout: 100 });
    }).toPass({ timeout: 60_000 });

    await kitchen.openMenu();
    const until = await kitchen.openDish(dish);
    await until.getByLabel(/^Sold out until/).fill("23:59");
    await until.getByRole("button", { name: /^Set time/ }).click();
    await expect(async () => {
        await page.reload();
        await expect(guest.dish(dish)).toContainText(/Sold out until.*23:59/, { timeout: 100 });
    }).toPass({ timeout: 60_000 });
});

test("a pause stops orders, and its end allows them", async ({ page, env, newBrowserContext, pageErrors }) => {
    pageErrors.allow(refusals(409));
    const staff = await newBrowserContext();
    const kitchen = await Kitchen.open(staff, env.owner, LANTERN);
    await kitchen.expectAlive();
    await kitchen.openPause();
    await staff.getByRole("button", { name: "30 min" }).click();
    await expect(staff.locator("#pause")).toContainText(/Paused until/);
    await expectGoodPage(staff, "board paused");
    const guest = new Guest(page, LANTERN);
    await guest.openMenu();
    await expect(page.locator("article header")).toContainText(/Paused until/);
    await expectGoodPage(page, "menu paused");
    const menu = await menuOf(page, LANTERN);
    const simple = menu.sections.flatMap((section) => section.items).find((item) => item.groups.length === 0 && item.variants.length === 1);
    await atCheckout(page, LANTERN, simple?.name ?? "", 4);
    await expect(page.locator("#times")).toContainText(/Paused until/);
    await expectGoodPage(page, "checkout paused");
    await kitchen.openPause();
    await staff.getByRole("button", { name: "Take orders again" }).click();
    await expect(staff.locator("summary").filter({ hasText: /^Pause\b/ })).toBeVisible();
    await kitchen.openPause();
    await expect(staff.getByRole("button", { name: "30 min" })).toBeVisible();
    await guest.openMenu();
    await expect(page.locator("article header")).toContainText(/Open/);
});

for (const javaScriptEnabled of [true, false]) {
    test(`a guest whose total changed sees it and confirms, ${javaScriptEnabled ? "with" : "without"} scripts`, async ({
        env,
        newBrowserContext,
        pageErrors,
    }) => {
        pageErrors.allow(refusals(409));
        const page = await newBrowserContext({ javaScriptEnabled });
        const guest = await atCheckout(page, LUIGI, "Caprese", 2, javaScriptEnabled);
        await guest.introduce({ name: `Changed ${javaScriptEnabled}`, phone: "0301234567" });
        const caprese = await itemOf(page, LUIGI, "Caprese");
        const before = caprese.variants[0]?.price.minor ?? 0;
        const staff = await newBrowserContext();
        await editor(staff, env.owner, LUIGI);
        const change = { change: "price", target: caprese.variants[0]?.id ?? "", value: ((before + 100) / 100).toFixed(2) };
        const saved = await staff.request.post(`/dashboard/${LUIGI}/menu`, { form: change, maxRedirects: 0 });
        expect(saved.status()).toBe(303);

        await guest.placeButton().click();
        await expect(page.getByRole("alert")).toContainText(/The total is now .* instead of/);
        const total = ((before + 100) * 2 + 50) / 100;
        await expect(guest.placeButton()).toContainText(total.toFixed(2));
        await expect(page.getByLabel("Name", { exact: true })).toHaveValue(`Changed ${javaScriptEnabled}`);
        await expectGoodPage(page, `checkout changed ${javaScriptEnabled ? "with" : "without"} scripts`);
        await guest.placeOrder();
        await expect(page.locator("main")).toContainText(total.toFixed(2));
    });
}

test("unsaved text stays when the response is an error page", async ({ env, newBrowserContext, pageErrors }) => {
    pageErrors.allow(refusals(429), /answer 503/, refusals(503));
    const staff = await newBrowserContext();
    const kitchen = await editor(staff, env.owner, LUIGI);
    await expect(staff.locator("html[data-hydrated]")).toBeAttached();
    const typed = await kitchen.openDish("Tiramisu");
    await typed.getByLabel(/^Price of Tiramisu/).fill("7,77");
    const row = await kitchen.openDish("Calzone");
    const price = row.getByLabel(/^Price of Calzone/);
    const before = await price.inputValue();
    await price.fill("19,90");
    const expectTyped = async (): Promise<void> => {
        await expect(price).toHaveValue("19,90");
        await expect(typed.getByLabel(/^Price of Tiramisu/)).toHaveValue("7,77");
    };
    const body = "<!DOCTYPE html><title>No</title><main><h1>No</h1><p>Too many attempts. Wait a little and try again.</p></main>";
    await staff.route("**/menu", (route) => route.fulfill({ status: 429, contentType: "text/html", body }), { times: 1 });
    await row.getByRole("button", { name: /^Save price of/ }).click();
    await expect(staff.getByRole("status").filter({ hasText: "Not saved. Too many attempts." })).toBeVisible();
    await expectTyped();

    const cookies = await staff.context().cookies();
    await staff.context().clearCookies();
    await row.getByRole("button", { name: /^Save price of/ }).click();
    const again = staff.getByRole("status").getByRole("link", { name: "Sign in" });
    await expect(again).toBeVisible();
    await expect(again).toHaveAttribute("target", "_blank");
    await expectTyped();
    await expectGoodPage(staff, "menu editor signed out");

    await staff.context().addCookies(cookies);
    await row.getByRole("button", { name: /^Save price of/ }).click();
    await expect(staff.getByRole("status").filter({ hasText: /^Saved/ })).toBeVisible();
    await expect(typed.getByLabel(/^Price of Tiramisu/)).toHaveValue("7,77");
    expect((await itemOf(staff, LUIGI, "Calzone")).variants[0]?.price.minor).toBe(1990);
    await price.fill(before);
    await row.getByRole("button", { name: /^Save price of/ }).click();
});
