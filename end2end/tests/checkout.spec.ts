// The checkout for delivery by zone, dine-in, another time, and a tip, each with its bill.

import { LUIGI } from "./demo.ts";
import { expect, test } from "./fixtures.ts";
import { expectGoodPage } from "./page-quality.ts";
import { atCheckout } from "./guest.ts";
import { refusals } from "./page-errors.ts";

test("the postcode decides delivery fee, minimum and free delivery", async ({ page, pageErrors }) => {
    pageErrors.allow(refusals(409, 422));
    // Two at 9.90: below the minimum of the outer zone, above that of the inner zones.
    const guest = await atCheckout(page, LUIGI, "Spaghetti al pomodoro", 2);
    await guest.chooseMode("Delivery");
    await guest.introduce({ name: "Delia", phone: "+49 30 5550112" });
    await page.getByLabel("Street and number").fill("Kastanienallee 1");
    const total = page.locator("#total");
    const askFor = async (postcode: string): Promise<void> => {
        await page.getByLabel("Postcode").fill(postcode);
        await page.getByLabel("City").focus();
        await guest.settle();
    };

    await askFor("10435");
    await expect(total).toContainText("1.90");
    await expect(total).toContainText("22.20");
    await expectGoodPage(page, "checkout delivery");

    await askFor("10117");
    await expect(page.locator("#checkout")).toContainText(/20\.00/);

    await askFor("99999");
    await expect(page.locator("#checkout")).toContainText(/does not deliver|outside|deliver/i);
    await guest.placeButton().click();
    await expect(page.getByRole("alert")).toBeVisible();
    await expect(page).toHaveURL(/\/checkout$/);
    await expectGoodPage(page, "checkout outside the zones");

    await askFor("10435");
    await expect(guest.placeButton()).toContainText("22.20");
    const placed = await guest.placeOrder();
    expect(placed.number).toBeGreaterThan(0);
    await expect(page.getByText("Kastanienallee 1, 10435")).toBeVisible();
    await expect(page.getByText("You pay at the door.")).toBeVisible();
});

test("delivery is free from the zone's threshold", async ({ page }) => {
    const guest = await atCheckout(page, LUIGI, "Spaghetti al pomodoro", 5);
    await guest.chooseMode("Delivery");
    await page.getByLabel("Postcode").fill("10437");
    await guest.settle();
    await expect(page.locator("#total")).toContainText("free");
    await expect(guest.placeButton()).toContainText("50.00");
});

test("dine-in has no packaging charge and requires a table", async ({ page, pageErrors }) => {
    pageErrors.allow(refusals(409, 422));
    const guest = await atCheckout(page, LUIGI, "Espresso", 2);
    await expect(page.locator("#total")).toContainText("Packaging");
    await guest.chooseMode("Dine in");
    await guest.introduce({ name: "Tabea", email: "tabea@example.org" });
    await guest.settle();
    await expect(page.locator("#total")).not.toContainText("Packaging");
    await guest.placeButton().click();
    await expect(page.getByRole("alert")).toContainText("table");
    await expect(page.getByLabel("Table", { exact: true })).toHaveAttribute("aria-invalid", "true");
    await expectGoodPage(page, "checkout without a table");
    await page.getByLabel("Table", { exact: true }).selectOption("Terrace 1");
    await guest.placeOrder();
    await expect(page.getByText(/Terrace 1/)).toBeVisible();
});

test("tips are presets, any amount, or none", async ({ page, pageErrors }) => {
    pageErrors.allow(refusals(422));
    const guest = await atCheckout(page, LUIGI, "Cola", 3);
    const before = (await guest.placeButton().innerText()).replace(/\s+/g, " ");
    await guest.chooseChip(/^5 %/);
    await guest.settle();
    await expect(page.locator("#total")).toContainText("Tip");
    await guest.chooseChip("Another amount");
    const amount = page.getByLabel(/^Amount in EUR/);
    await expect(amount).toBeVisible();
    await amount.fill("2.50");
    await amount.blur();
    await guest.settle();
    await expect(page.locator("#total")).toContainText("2.50");
    await expectGoodPage(page, "checkout another tip");
    await amount.fill("-3");
    await guest.introduce({ name: "Tilda", phone: "0301234567" });
    await guest.placeButton().click();
    // About a tenth of the items.
    await expect(page.getByRole("alert")).toContainText("a sum such as 1.00");
    await expect(amount).toHaveValue("-3");
    await guest.chooseChip("No tip");
    await guest.settle();
    await expect.poll(async () => (await guest.placeButton().innerText()).replace(/\s+/g, " ")).toBe(before);
    await guest.placeOrder();
});

test("another offered time can be chosen", async ({ page }) => {
    const guest = await atCheckout(page, LUIGI, "Cola", 2);
    await guest.introduce({ name: "Zoe", phone: "0301234567" });
    const time = page.getByLabel("Time", { exact: true });
    const offered = await time.locator("option").allInnerTexts();
    expect(offered[0]).toMatch(/^As soon as possible · about (?:[A-Z][a-z]{2} )?\d\d:\d\d/);
    expect(offered.length).toBeGreaterThan(4);
    const later = offered[4] ?? "";
    await time.selectOption({ index: 4 });
    await guest.placeOrder();
    const clock = /\d\d:\d\d/.exec(later)?.[0] ?? "no time";
    await expect(guest.headline()).toContainText(clock);
    await expect(page.getByText(`Requested for`)).toContainText(clock);
});

test("a time chosen during the update of the total stays chosen", async ({ page }) => {
    const guest = await atCheckout(page, LUIGI, "Cola", 2);
    await page.route("**/checkout", async (route) => {
        if (route.request().method() === "POST") await new Promise((resolve) => setTimeout(resolve, 1_000));
        await route.continue();
    });
    const asked = page.waitForRequest((request) => request.method() === "POST");
    await guest.chooseChip(/^10 %/);
    await asked;
    const time = page.getByLabel("Time", { exact: true });
    await time.selectOption({ index: 3 });
    const chosen = await time.inputValue();
    await expect(page.locator("#total")).toContainText("Tip");
    await expect(time).toHaveValue(chosen);
});
