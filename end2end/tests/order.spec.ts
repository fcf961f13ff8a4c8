// After ordering: cancellation while it is allowed, and live updates on two devices.

import { LUIGI } from "./demo.ts";
import { expect, test } from "./fixtures.ts";
import { expectGoodPage } from "./page-quality.ts";
import { atCheckout } from "./guest.ts";
import { Kitchen } from "./kitchen.ts";

for (const javaScriptEnabled of [true, false]) {
    const scripts = javaScriptEnabled ? "with scripts" : "without scripts";

    test(`a guest cancels an order, and the kitchen sees it, ${scripts}`, async ({ env, newBrowserContext }) => {
        const page = await newBrowserContext({ javaScriptEnabled });
        const guest = await atCheckout(page, LUIGI, "Cola", 2, javaScriptEnabled);
        await guest.introduce({ name: "Cancels", phone: "0301234567" });
        const kitchen = await Kitchen.open(await newBrowserContext(), env.owner, LUIGI);
        await kitchen.expectAlive();
        const placed = await guest.placeOrder();
        await expect(kitchen.ticket(placed.number)).toBeVisible();
        await page.getByText("Cancel this order").click();
        await expectGoodPage(page, `order cancelling ${scripts}`);
        await page.getByRole("button", { name: "Yes, cancel my order" }).click();
        await expect(guest.headline()).toContainText("You cancelled this order");
        await expectGoodPage(page, `order cancelled ${scripts}`);
        await kitchen.show("Done");
        await expect(kitchen.column("Done").locator(`#order-${placed.number}`)).toContainText("Cancelled");
    });
}

test("an order in preparation cannot be cancelled", async ({ page, env, newBrowserContext, pageErrors }) => {
    pageErrors.allow(/status of 409/);
    const guest = await atCheckout(page, LUIGI, "Cola", 2);
    await guest.introduce({ name: "Too late", phone: "0301234567" });
    const placed = await guest.placeOrder();
    await expect(page.getByText("Cancel this order")).toBeVisible();
    const kitchen = await Kitchen.open(await newBrowserContext(), env.owner, LUIGI);
    await kitchen.expectAlive();
    await kitchen.accept(placed.number, 10);
    await expect(guest.headline()).toContainText("Being prepared");
    await expect(page.getByText("Cancel this order")).toBeHidden();
    const late = await page.request.post(`${placed.address}/cancel`, { headers: { accept: "text/html" } });
    expect(late.status()).toBe(409);
    expect(await late.text()).toContain("This could not be done");
});

test("the order's address opens a live page on another device", async ({ page, env, newBrowserContext }) => {
    const guest = await atCheckout(page, LUIGI, "Cola", 2);
    await guest.introduce({ name: "Two screens", phone: "0301234567" });
    const placed = await guest.placeOrder();
    const other = await newBrowserContext();
    await other.goto(placed.address);
    const kitchen = await Kitchen.open(await newBrowserContext(), env.owner, LUIGI);
    await kitchen.expectAlive();
    await kitchen.accept(placed.number, 15);
    for (const screen of [page, other]) {
        await expect(screen.getByRole("heading", { level: 1 })).toContainText("Being prepared");
    }
    const promise = await guest.headline().innerText();
    await kitchen.show("Preparing");
    const more = await kitchen.more(placed.number);
    await more.locator("label").filter({ hasText: /^45/ }).click();
    await more.getByRole("button", { name: /^Set new time/ }).click();
    await expect(guest.headline()).not.toHaveText(promise);
    await expect(guest.headline()).toContainText("ready about");
    await expect(other.getByRole("heading", { level: 1 })).toHaveText(await guest.headline().innerText());
});
