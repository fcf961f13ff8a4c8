// After ordering: calling it off while that is possible, and following along on two devices.

import { LUIGI } from "./demo.ts";
import { expect, test } from "./fixtures.ts";
import { expectGoodPage } from "./good-page.ts";
import { atCheckout } from "./guest.ts";
import { Kitchen } from "./kitchen.ts";

for (const javaScriptEnabled of [true, false]) {
    const scripts = javaScriptEnabled ? "with scripts" : "without scripts";

    test(`a guest calls an order off; the kitchen sees it, ${scripts}`, async ({ house, newPerson }) => {
        const page = await newPerson({ javaScriptEnabled });
        const guest = await atCheckout(page, LUIGI, "Cola", 2, javaScriptEnabled);
        await guest.introduce({ name: "Cancels", phone: "0301234567" });
        const kitchen = await Kitchen.open(await newPerson(), house.owner, LUIGI);
        await kitchen.expectAlive();
        const placed = await guest.placeOrder();
        await expect(kitchen.ticket(placed.number)).toBeVisible();
        await page.getByText("Cancel this order").click();
        await expectGoodPage(page, `order cancelling ${scripts}`);
        await page.getByRole("button", { name: "Yes, cancel my order" }).click();
        await expect(guest.headline()).toContainText("You called this order off");
        await expectGoodPage(page, `order cancelled ${scripts}`);
        await kitchen.show("Done");
        await expect(kitchen.column("Done").locator(`#order-${placed.number}`)).toContainText("Cancelled");
    });
}

test("once it is being prepared, calling off is no longer offered", async ({ page, house, newPerson, troubles }) => {
    troubles.allow(/status of 409/);
    const guest = await atCheckout(page, LUIGI, "Cola", 2);
    await guest.introduce({ name: "Too late", phone: "0301234567" });
    const placed = await guest.placeOrder();
    await expect(page.getByText("Cancel this order")).toBeVisible();
    const kitchen = await Kitchen.open(await newPerson(), house.owner, LUIGI);
    await kitchen.expectAlive();
    await kitchen.accept(placed.number, 10);
    await expect(guest.headline()).toContainText("Being prepared");
    await expect(page.getByText("Cancel this order")).toBeHidden();
    const late = await page.request.post(`${placed.address}/cancel`, { headers: { accept: "text/html" } });
    expect(late.status()).toBe(409);
    expect(await late.text()).toContain("This did not go through");
});

test("the order's address opens it on another device, live", async ({ page, house, newPerson }) => {
    const guest = await atCheckout(page, LUIGI, "Cola", 2);
    await guest.introduce({ name: "Two screens", phone: "0301234567" });
    const placed = await guest.placeOrder();
    const other = await newPerson();
    await other.goto(placed.address);
    const kitchen = await Kitchen.open(await newPerson(), house.owner, LUIGI);
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
