// A cart lives on the server: it survives reloads, tabs and a killed server, and two tabs edit the same one.

import { CLOVER, LUIGI } from "./demo.ts";
import { expect, test } from "./fixtures.ts";
import { expectGoodPage } from "./good-page.ts";
import { Guest } from "./guest.ts";
import { lostConnection, refusals } from "./troubles.ts";

test("survives a reload, another page and a killed server", async ({ page, house, troubles }) => {
    const guest = new Guest(page, LUIGI);
    await guest.openCart();
    await expectGoodPage(page, "cart empty");
    await guest.openMenu();
    await guest.add("Espresso");
    await guest.expectCount(1);
    await page.reload();
    await guest.expectCount(1);
    const stop = troubles.allow(lostConnection);
    await house.toast.kill();
    await house.toast.start();
    stop();
    await guest.openCart();
    await guest.expectCount(1);
    await page.goto(`/restaurants/${CLOVER}/cart`);
    await guest.expectCount(0);
});

test("two tabs edit the same cart", async ({ page, troubles }) => {
    troubles.allow(refusals(404));
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
    // The second tab still shows the line: its tap must not fail, nor bring back what is gone.
    await second.line("Cola").getByRole("button", { name: "One more: Cola" }).click();
    await expect(second.page.getByText(/something went wrong|500/i)).toHaveCount(0);
    await second.page.reload();
    await second.expectCount(0);
});

test("the same dish with the same choices is counted up, with others it is a line of its own", async ({ page }) => {
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
    await expect(page.getByText("Nothing in it yet.")).toBeVisible();
});
