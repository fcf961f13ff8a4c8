// All forms work with scripts off, and where neither the WebAssembly nor the script of guests loads.

import type { Page } from "@playwright/test";
import { LUIGI } from "./demo.ts";
import { type TestEnv, expect, test } from "./fixtures.ts";
import { expectGoodPage } from "./page-quality.ts";
import { Guest } from "./guest.ts";
import { Kitchen } from "./kitchen.ts";
import { lostConnection, refusals } from "./page-errors.ts";

const PLACES = [
    { title: "with scripts off", javaScriptEnabled: false },
    { title: "with scripts that do not load", javaScriptEnabled: true },
];

for (const { title, javaScriptEnabled } of PLACES) {
    test(`guest and staff complete an order ${title}`, async ({ env, newBrowserContext, pageErrors }) => {
        pageErrors.allow(refusals(409, 422), ...(javaScriptEnabled ? [lostConnection] : []));
        const page = await plain(newBrowserContext, javaScriptEnabled);
        const kitchenPage = await plain(newBrowserContext, javaScriptEnabled);
        await walkThrough(page, kitchenPage, env, `Form ${test.info().project.name} ${javaScriptEnabled}`, title);
    });
}

async function plain(newBrowserContext: (options?: object) => Promise<Page>, javaScriptEnabled: boolean): Promise<Page> {
    const page = await newBrowserContext({ javaScriptEnabled });
    await page.context().route(/\.wasm$|\/guest[^/]*\.js$/, (route) => route.abort());
    return page;
}

async function walkThrough(page: Page, kitchenPage: Page, env: TestEnv, name: string, title: string): Promise<void> {
    const guest = new Guest(page, LUIGI, false);
    const kitchen = new Kitchen(kitchenPage, LUIGI);

    await test.step("searches and opens the restaurant", async () => {
        await page.goto("/");
        await page.getByRole("searchbox", { name: /Search for a restaurant/ }).fill("tiramisu");
        await page.getByRole("button", { name: "Search", exact: true }).click();
        await expect(page.getByRole("heading", { name: /for “tiramisu”/ })).toBeVisible();
        await expectGoodPage(page, `${title} home found`);
        await page.getByRole("link", { name: "Luigi's Hearth" }).click();
        await expectGoodPage(page, `${title} menu`);
    });

    await test.step("adds a dish with one tap and lands in the cart", async () => {
        await guest.add("Tiramisu");
        await page.waitForURL(/\/cart$/);
        await guest.expectCount(1);
    });

    await test.step("is told what is missing, and loses nothing typed", async () => {
        await guest.openMenu();
        const form = await guest.openDish("Half and half");
        await expect(page).toHaveURL(/\/items\//);
        await expectGoodPage(page, `${title} dish`);
        await form.getByRole("radio", { name: /45 cm/ }).check();
        await form.getByLabel("Special instructions").fill("Cut in eight");
        await form.getByRole("button", { name: /^Add/ }).click();
        await expect(page.getByRole("alert")).toContainText("First half");
        await expect(form.getByRole("radio", { name: /45 cm/ })).toBeChecked();
        await expect(form.getByLabel("Special instructions")).toHaveValue("Cut in eight");
        await expectGoodPage(page, `${title} dish refused`);
        await form.getByRole("group", { name: /First half/ }).getByRole("radio", { name: /Diavola/ }).check();
        await form.getByRole("group", { name: /Second half/ }).getByRole("radio", { name: /Funghi/ }).check();
        await form.getByRole("button", { name: /^Add/ }).click();
        await page.waitForURL(/\/cart$/);
        await guest.expectCount(2);
        await expect(guest.line("Half and half")).toContainText("Cut in eight");
    });

    await test.step("changes a line and takes one out", async () => {
        await guest.line("Tiramisu").getByRole("button", { name: "One more: Tiramisu" }).click();
        await guest.expectCount(3);
        await guest.line("Half and half").getByRole("link", { name: /^Change/ }).click();
        const form = page.locator("form[data-options]");
        await expect(form.getByRole("radio", { name: /45 cm/ })).toBeChecked();
        await form.getByRole("radio", { name: /26 cm/ }).check();
        await form.getByRole("button", { name: /^Update/ }).click();
        await expect(guest.line("Half and half")).toContainText("26 cm");
        await guest.line("Tiramisu").getByRole("button", { name: /^Remove/ }).click();
        await guest.expectCount(1);
        await expectGoodPage(page, `${title} cart`);
    });

    const placed = await test.step("checks out; errors name the fields", async () => {
        await page.getByRole("link", { name: "Go to checkout" }).click();
        await guest.chooseMode("Dine in");
        await guest.placeButton().click();
        const alert = page.getByRole("alert");
        await expect(alert.getByRole("link")).not.toHaveCount(0);
        await expect(page.getByLabel("Name", { exact: true })).toHaveAttribute("aria-invalid", "true");
        await expectGoodPage(page, `${title} checkout refused`);
        await guest.introduce({ name, email: "guest@example.org" });
        await page.getByLabel("Table", { exact: true }).selectOption("Terrace 2");
        await guest.placeButton().click();
        if (await page.getByRole("alert").isVisible()) {
            await expect(page.getByRole("alert"), "the total for another mode is shown before the order").toContainText("total");
            await guest.placeButton().click();
        }
        return guest.arriveAtOrder();
    });

    await test.step("staff find it, acknowledge and accept", async () => {
        await Kitchen.open(kitchenPage, env.owner, LUIGI);
        await expect(kitchen.ticket(placed.number)).toContainText(name);
        await expect(kitchen.ticket(placed.number)).toContainText("Terrace 2");
        await expectGoodPage(kitchenPage, `${title} board`);
        if (await kitchen.silence().isVisible()) await kitchen.silence().click();
        await kitchen.accept(placed.number, 15);
        await expect(kitchen.column("Preparing").locator(`#order-${placed.number}`)).toBeVisible();
    });

    await test.step("the guest sees it by reloading, until it is served", async () => {
        await page.reload();
        await expect(guest.headline()).toContainText("Being prepared");
        await kitchen.press(placed.number, "Ready");
        await expect(kitchen.column("Ready").locator(`#order-${placed.number}`)).toBeVisible();
        await kitchen.press(placed.number, "Undo");
        await expect(kitchen.column("Preparing").locator(`#order-${placed.number}`)).toBeVisible();
        await kitchen.press(placed.number, "Ready");
        await kitchen.press(placed.number, "Served");
        await expect(kitchen.column("Done").locator(`#order-${placed.number}`)).toBeVisible();
        await page.reload();
        await expect(guest.headline()).toContainText("Served at");
        await expectGoodPage(page, `${title} order done`);
        await page.getByRole("button", { name: "Order this again" }).click();
        await page.waitForURL(/\/cart$/);
        await guest.expectCount(1);
    });
}
