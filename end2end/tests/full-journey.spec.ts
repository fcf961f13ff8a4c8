// An order from search to handover, with the server killed in between.

import { LUIGI } from "./demo.ts";
import { expect, test } from "./fixtures.ts";
import { expectGoodPage } from "./page-quality.ts";
import { Guest } from "./guest.ts";
import { Kitchen } from "./kitchen.ts";
import { lostConnection } from "./page-errors.ts";

test("a guest finds an item, orders it, and sees its status until handover, across a killed server", async ({
    page,
    env,
    newBrowserContext,
    pageErrors,
}) => {
    const guest = new Guest(page, LUIGI);
    const name = `Journey ${test.info().project.name}`;

    await test.step("finds who sells a dish", async () => {
        await page.goto("/");
        await expectGoodPage(page, "home");
        await page.getByRole("searchbox", { name: /Search for a restaurant/ }).fill("diavola");
        await page.getByRole("button", { name: "Search", exact: true }).click();
        await expect(page.getByRole("heading", { name: /for “diavola”/ })).toBeVisible();
        await expectGoodPage(page, "home found");
        await page.getByRole("link", { name: "Luigi's Hearth" }).click();
        await expect(page.getByRole("heading", { level: 1, name: "Luigi's Hearth" })).toBeVisible();
        await guest.hydrated();
        await expectGoodPage(page, "menu");
    });

    await test.step("adds a simple dish with one tap", async () => {
        await guest.add("Rosemary focaccia");
        await guest.expectCount(1);
    });

    await test.step("puts a pizza together and watches its price", async () => {
        const form = await guest.openDish("Diavola");
        await expect(page.getByRole("dialog")).toBeVisible();
        const price = form.locator("[data-live-price]");
        await expect(price).toContainText("10.90");
        await expectGoodPage(page, "dish");
        await form.getByRole("radio", { name: /33 cm/ }).check();
        await expect(price).toContainText("13.90");
        await form.getByRole("checkbox", { name: /Mushrooms/ }).check();
        await expect(price).toContainText("15.60");
        await form.getByRole("button", { name: "One more: Mozzarella" }).click();
        await form.getByRole("button", { name: "One more: Mozzarella" }).click();
        await expect(price).toContainText("20.00");
        await form.getByRole("button", { name: "One more: How many" }).click();
        await expect(price).toContainText("40.00");
        await form.getByLabel("Special instructions").fill("Crisp at the rim, please");
        await expectGoodPage(page, "dish chosen");
        await form.getByRole("button", { name: /^Add/ }).click();
        await expect(page.getByRole("dialog")).toBeHidden();
        await guest.expectCount(3);
        await expectGoodPage(page, "menu with cart");
    });

    await test.step("changes the cart where it stands", async () => {
        await guest.openCart();
        await expect(guest.line("Diavola")).toContainText("33 cm");
        await expect(guest.line("Diavola")).toContainText("2 × Mozzarella");
        await expectGoodPage(page, "cart");
        await guest.line("Diavola").getByRole("button", { name: "One less: Diavola" }).click();
        await guest.expectCount(2);
        await guest.line("Rosemary focaccia").getByRole("button", { name: "One more: Rosemary focaccia" }).click();
        await guest.expectCount(3);
        await expect(page.locator("#cart")).toContainText("Total so far");
        await expect(page.locator("#cart")).toContainText("31.80");
    });

    const kitchen = await test.step("staff sign in and watch", async () => {
        const kitchen = await Kitchen.open(await newBrowserContext(), env.owner, LUIGI);
        await kitchen.expectAlive();
        await expectGoodPage(kitchen.page, "board empty");
        return kitchen;
    });

    const placed = await test.step("orders for now, with a tip", async () => {
        await page.getByRole("link", { name: "Go to checkout" }).click();
        await expectGoodPage(page, "checkout");
        await guest.chooseMode("Pickup");
        await guest.introduce({ name, phone: "+49 30 5550199" });
        await guest.chooseChip(/^10 %/);
        await expect(guest.placeButton()).toContainText("35.48");
        await expectGoodPage(page, "checkout filled");
        return guest.placeOrder();
    });

    await test.step("the kitchen sees it without a reload", async () => {
        await expect(kitchen.ticket(placed.number)).toBeVisible();
        await expect(kitchen.ticket(placed.number)).toContainText(name);
        await expect(kitchen.ticket(placed.number)).toContainText("Crisp at the rim, please");
        await expectGoodPage(kitchen.page, "board new");
        await expect(guest.headline()).toContainText("waiting for them to confirm");
        await expectGoodPage(page, "order placed");
    });

    await test.step("staff silence the alarm and accept with a time", async () => {
        await kitchen.silence().click();
        await expect(kitchen.silence()).toBeHidden();
        await kitchen.accept(placed.number, 20);
        await kitchen.show("Preparing");
        await expect(kitchen.column("Preparing").locator(`#order-${placed.number}`)).toBeVisible();
        await expect(guest.headline()).toContainText(/Being prepared, ready about (?:[A-Z][a-z]{2} )?\d\d:\d\d/);
        await expectGoodPage(page, "order accepted");
        await expectGoodPage(kitchen.page, "board preparing");
    });

    await test.step("the server is killed; the board says so, and keeps what staff do", async () => {
        pageErrors.allow(lostConnection);
        await env.toast.kill();
        await expect(kitchen.strip()).toHaveAttribute("data-freshness", "stale", { timeout: 120_000 });
        await expect(kitchen.strip()).toContainText("reconnecting");
        await kitchen.press(placed.number, "Ready");
        await expect(kitchen.ticket(placed.number)).toContainText("Not saved yet");
        await expect(page.locator("#order-connection")).not.toBeEmpty({ timeout: 120_000 });
        await expectGoodPage(kitchen.page, "board stale");
        await expectGoodPage(page, "order stale");
    });

    await test.step("it comes back, and both sides catch up", async () => {
        await env.toast.start();
        await expect(kitchen.strip()).toHaveAttribute("data-freshness", "live", { timeout: 120_000 });
        await kitchen.show("Ready");
        await expect(kitchen.column("Ready").locator(`#order-${placed.number}`)).toBeVisible();
        await expect(guest.headline()).toContainText(`Ready, ask for number ${placed.number}`, { timeout: 120_000 });
        await expect(page.locator("#order-connection")).toBeEmpty();
        await expectGoodPage(page, "order ready");
        const moves = env.database.run(`
            SELECT verb FROM order_events JOIN orders USING (restaurant_id, order_id) WHERE guest_name = '${name}' ORDER BY order_events.seq;
        `);
        expect(moves).toEqual(["place", "accept", "finish"]);
    });

    await test.step("it is handed over, and the guest orders the same again", async () => {
        await kitchen.press(placed.number, "Handed over");
        await kitchen.show("Done");
        await expect(kitchen.column("Done").locator(`#order-${placed.number}`)).toBeVisible();
        await expectGoodPage(kitchen.page, "board done");
        await expect(guest.headline()).toContainText("Picked up at");
        await expectGoodPage(page, "order done");
        await page.getByRole("button", { name: "Order this again" }).click();
        await page.waitForURL(`**/restaurants/${LUIGI}/cart`);
        await guest.expectCount(3);
        await page.goto("/");
        await expect(page.getByRole("link", { name: new RegExp(`No\\. ${placed.number}`) })).toBeVisible();
        await expectGoodPage(page, "home with orders");
    });
});
