// A cart is stored on the server: it survives reloads and a killed server, and two tabs edit the same one.

import type { Page } from "@playwright/test";
import { CLOVER, LUIGI } from "./demo.ts";
import { expect, test } from "./fixtures.ts";
import { expectGoodPage } from "./page-quality.ts";
import { Guest } from "./guest.ts";
import { lostConnection, refusals } from "./page-errors.ts";

test("a cart survives a reload, another page and a killed server", async ({ page, env, pageErrors }) => {
    const guest = new Guest(page, LUIGI);
    await guest.openCart();
    await expectGoodPage(page, "cart empty");
    await guest.openMenu();
    await guest.add("Espresso");
    await guest.expectCount(1);
    await page.reload();
    await guest.expectCount(1);
    const stop = pageErrors.allow(lostConnection);
    await env.toast.kill();
    await env.toast.start();
    stop();
    await guest.openCart();
    await guest.expectCount(1);
    await page.goto(`/restaurants/${CLOVER}/cart`);
    await guest.expectCount(0);
});

test("two tabs edit the same cart", async ({ page, pageErrors }) => {
    pageErrors.allow(refusals(404));
    const first = new Guest(page, LUIGI);
    await first.openMenu();
    await first.add("Cola");
    await first.expectCount(1);
    const second = new Guest(await page.context().newPage(), LUIGI);
    await second.openCart();
    await second.line("Cola").getByRole("button", { name: "One more: Cola" }).click();
    await second.expectCount(2);
    await first.openCart();
    await first.expectCount(2);
    await first.line("Cola").getByRole("button", { name: "Remove Cola" }).click();
    await first.expectCount(0);
    // The second tab still shows the line: its tap must not fail, nor restore the line.
    await second.line("Cola").getByRole("button", { name: "One more: Cola" }).click();
    await expect(second.page.getByText(/something went wrong|500/i)).toHaveCount(0);
    await second.page.reload();
    await second.expectCount(0);
});

test("the same item with the same choices increases the quantity, with others it is a new line", async ({ page }) => {
    const guest = new Guest(page, LUIGI);
    await guest.openMenu();
    for (let times = 1; times <= 2; times += 1) {
        await guest.add("Cola");
        await guest.expectCount(times);
    }
    const form = await guest.openDish("Margherita");
    await form.getByRole("button", { name: /^Add/ }).click();
    await guest.expectCount(3);
    const other = await guest.openDish("Margherita");
    await other.getByRole("radio", { name: /45 cm/ }).check();
    await other.getByRole("button", { name: /^Add/ }).click();
    await guest.expectCount(4);
    await guest.openCart();
    await expect(guest.line("Cola")).toHaveCount(1);
    await expect(guest.line("Margherita")).toHaveCount(2);
});

test("a line is changed in its own form, and can be emptied by its buttons", async ({ page }) => {
    const guest = new Guest(page, LUIGI);
    await guest.openMenu();
    const form = await guest.openDish("Insalata mista");
    await form.getByRole("radio", { name: /Lemon and olive oil/ }).check();
    await form.getByRole("button", { name: /^Add/ }).click();
    await guest.expectCount(1);
    await guest.openCart();
    await expect(guest.line("Insalata mista")).toContainText("Lemon and olive oil");
    await guest.line("Insalata mista").getByRole("link", { name: /^Change/ }).click();
    const change = page.locator("form[data-options]");
    await expect(change.getByRole("radio", { name: /Lemon and olive oil/ })).toBeChecked();
    await expectGoodPage(page, "dish changed");
    await change.getByRole("radio", { name: /No dressing/ }).check();
    await change.getByRole("button", { name: /^Update/ }).click();
    await guest.openCart();
    await expect(guest.line("Insalata mista")).toContainText("No dressing");
    await guest.line("Insalata mista").getByRole("button", { name: /^One less/ }).click();
    await guest.expectCount(0);
    await expect(page.getByText("Your cart is empty.")).toBeVisible();
});

/** Delays the forms of the cart, as on a slow connection. */
async function slowly(page: Page, millis: number): Promise<void> {
    await page.route("**/cart", async (route) => {
        if (route.request().method() === "POST") await new Promise((resolve) => setTimeout(resolve, millis));
        await route.continue();
    });
}

test("quick taps on “+” all take effect before the checkout opens", async ({ page }) => {
    const guest = new Guest(page, LUIGI);
    await guest.openMenu();
    await guest.add("Cola");
    await guest.expectCount(1);
    await guest.openCart();
    await slowly(page, 300);
    const line = guest.line("Cola");
    const more = line.getByRole("button", { name: "One more: Cola" });
    await more.click();
    await more.click();
    await more.click();
    await line.getByRole("button", { name: "One less: Cola" }).click();
    await expect(line.locator("[data-number]")).toHaveText("3");
    await guest.expectCount(3);
    await more.click();
    await page.getByRole("link", { name: "Go to checkout" }).click();
    await expect(page.getByRole("heading", { level: 1, name: "Checkout" })).toBeVisible();
    await expect(page.locator("#total")).toContainText(/4\s*×\s*Cola/);
});

test("a new guest's two quick taps fill one cart", async ({ page }) => {
    const guest = new Guest(page, LUIGI);
    await guest.openMenu();
    await slowly(page, 300);
    await guest.add("Cola");
    await guest.add("Espresso");
    await guest.expectCount(2);
    await page.reload();
    await guest.expectCount(2);
});

test("a tap before the script has run sets the cart's id", async ({ page, pageErrors }) => {
    pageErrors.allow(lostConnection);
    await page.route(/\.wasm|guest\..*js/, (route) => route.abort());
    const guest = new Guest(page, LUIGI, false);
    await guest.openMenu();
    // The first tap's request is lost; the second one is for the same cart.
    await page.route("**/items/*", (route) => route.abort("aborted"), { times: 1 });
    await guest.add("Cola");
    const named = async (): Promise<string | undefined> =>
        (await page.context().cookies()).find((cookie) => cookie.name === "toast_visitor")?.value;
    await expect.poll(named).toBeTruthy();
    const before = await named();
    await guest.add("Cola");
    await page.waitForURL("**/cart");
    await guest.expectCount(1);
    expect(await page.context().cookies()).toMatchObject([{ name: "toast_visitor", value: before, httpOnly: true }]);
});

test("“Add” works in place while the bundle cannot be loaded", async ({ page, pageErrors }) => {
    pageErrors.allow(lostConnection);
    await page.route("**/*.wasm", (route) => route.abort());
    const guest = new Guest(page, LUIGI, false);
    await guest.openMenu();
    await guest.add("Cola");
    await guest.add("Espresso");
    await guest.expectCount(2);
    await expect(page.locator("[data-cart-words]")).toHaveText(/^View cart · 2 items · .*\d/);
    expect(new URL(page.url()).pathname).toBe(`/restaurants/${LUIGI}`);
    // Choices need the bundle: the item has a page of its own.
    await guest.openDish("Margherita");
    await expect(page).toHaveURL(/\/items\//);
});

test("an item whose response was lost is in the cart once after retries", async ({ page, pageErrors }) => {
    pageErrors.allow(lostConnection);
    const guest = new Guest(page, LUIGI);
    await guest.openMenu();
    await page.route(
        "**/cart",
        async (route) => {
            await route.fetch({ maxRedirects: 0 });
            await route.abort("connectionreset");
        },
        { times: 1 },
    );
    await guest.add("Cola");
    await expect(page.getByRole("alert").filter({ hasText: "nothing will be done twice" })).toBeVisible();
    await guest.add("Cola");
    await expect(page.getByRole("alert").filter({ hasText: "nothing will be done twice" })).toBeHidden();
    await guest.expectCount(1);
    await page.reload();
    await guest.expectCount(1);
    await guest.add("Cola");
    await guest.expectCount(2);
});

const REFUSED = [
    { status: 429, words: "Too many attempts. Wait a little and try again." },
    { status: 503, words: "Toast cannot be reached right now. Nothing was lost; try again in a moment." },
    { status: 403, words: "Come back from a page of ours." },
];

for (const { status, words } of REFUSED) {
    test(`an error page as response is shown: ${status}`, async ({ page, pageErrors }) => {
        pageErrors.allow(refusals(status), new RegExp(`answer ${status}`));
        const guest = new Guest(page, LUIGI);
        await guest.openMenu();
        await guest.add("Cola");
        await guest.expectCount(1);
        const body = `<!DOCTYPE html><html lang="en"><title>No</title><main><h1>No</h1><p>${words}</p></main></html>`;
        const refuse = async (): Promise<void> => {
            await page.route("**/cart", (route) =>
                route.request().method() === "POST" ? route.fulfill({ status, contentType: "text/html", body }) : route.continue(),
            );
        };
        await refuse();
        await guest.add("Espresso");
        await expect(page.locator("[data-cart-problem]")).toBeVisible();
        await expect(page.getByRole("button", { name: "Add Espresso" })).toBeEnabled();
        await expectGoodPage(page, `menu refused ${status}`);
        await page.unroute("**/cart");
        await guest.openCart();
        await refuse();
        const line = guest.line("Cola");
        await line.getByRole("button", { name: "One more: Cola" }).click();
        await expect(page.getByRole("alert").filter({ hasText: words })).toBeVisible();
        await expect(line.locator("[data-number]")).toHaveText("1");
        await expectGoodPage(page, `cart refused ${status}`);
        await page.unroute("**/cart");
        await line.getByRole("button", { name: "One more: Cola" }).click();
        await guest.expectCount(2);
        await expect(page.getByRole("alert").filter({ hasText: words })).toBeHidden();
    });
}
