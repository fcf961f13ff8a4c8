// Orders by keyboard alone: every focused element is visible and not covered.

import { expect, test as base } from "@playwright/test";
import { LUIGI } from "./demo.ts";
import { test } from "./fixtures.ts";
import { tabTo } from "./focus.ts";
import { Guest } from "./guest.ts";
import { Kitchen } from "./kitchen.ts";

test("a guest orders with Tab, Enter, Space and arrow keys", async ({ page }) => {
    const guest = new Guest(page, LUIGI);
    await page.goto("/");
    await page.keyboard.press("Tab");
    await expect(page.getByRole("link", { name: "Skip to content" })).toBeFocused();
    await expect(page.getByRole("link", { name: "Skip to content" })).toBeInViewport();
    await page.keyboard.press("Enter");
    await tabTo(page, page.getByRole("searchbox", { name: /Search for a restaurant/ }));
    await page.keyboard.type("focaccia");
    await page.keyboard.press("Enter");
    await expect(page.getByRole("heading", { name: /for “focaccia”/ })).toBeVisible();
    await tabTo(page, page.getByRole("link", { name: "Luigi's Hearth" }));
    await page.keyboard.press("Enter");
    await page.waitForURL(`**/restaurants/${LUIGI}`);

    await base.step("opens a dish, closes it with Escape, and is back where it was", async () => {
        const link = guest.dish("Diavola").getByRole("link", { name: "Diavola" });
        await expect(page.locator("[data-menu-search]")).toBeVisible();
        await tabTo(page, link);
        await page.keyboard.press("Enter");
        await expect(page.getByRole("dialog")).toBeVisible();
        expect(await page.evaluate(() => Boolean(document.activeElement?.closest("dialog")))).toBe(true);
        for (let presses = 0; presses < 40; presses += 1) {
            await page.keyboard.press("Tab");
            const where = await page.evaluate(() => document.activeElement?.closest("dialog, body")?.tagName);
            expect(where, "the focus stays in the dialog or leaves the page").toMatch(/DIALOG|BODY/);
            expect(await page.evaluate(() => Boolean(document.activeElement?.closest("main a, main button") && !document.activeElement.closest("dialog")))).toBe(false);
        }
        await page.keyboard.press("Escape");
        await expect(page.getByRole("dialog")).toBeHidden();
        await expect(link).toBeFocused();
    });

    await base.step("chooses size, topping and number by keys", async () => {
        await page.keyboard.press("Enter");
        const form = page.locator("form[data-options]");
        await tabTo(page, form.getByRole("radio", { name: /cm/ }));
        await page.keyboard.press("ArrowDown");
        await expect(form.getByRole("radio", { name: /33 cm/ })).toBeChecked();
        await tabTo(page, form.getByRole("checkbox", { name: /Rocket/ }));
        await page.keyboard.press("Space");
        await expect(form.getByRole("checkbox", { name: /Rocket/ })).toBeChecked();
        await tabTo(page, form.getByRole("button", { name: "One more: How many" }));
        await page.keyboard.press("Enter");
        await tabTo(page, form.getByRole("button", { name: /^Add/ }));
        await expect(form.getByRole("button", { name: /^Add/ })).toContainText("30.60");
        await page.keyboard.press("Enter");
        await expect(page.getByRole("dialog")).toBeHidden();
        await guest.expectCount(2);
    });

    await base.step("goes to the cart and on to the checkout", async () => {
        const way = page.locator("[data-cart-bar] a, [data-cart-column] a").filter({ visible: true });
        await tabTo(page, way.filter({ hasText: /View cart|items|checkout/i }));
        await page.keyboard.press("Enter");
        await page.waitForURL(/\/(cart|checkout)$/);
        if (page.url().endsWith("/cart")) {
            await tabTo(page, page.getByRole("link", { name: "Go to checkout" }));
            await page.keyboard.press("Enter");
            await page.waitForURL(/\/checkout$/);
        }
    });

    await base.step("orders", async () => {
        await tabTo(page, page.getByLabel("Name", { exact: true }));
        await page.keyboard.type("Keys");
        await page.keyboard.press("Tab");
        await page.keyboard.type("+49 30 5550144");
        await tabTo(page, page.locator('input[name="tip"]'));
        await page.keyboard.press("ArrowRight");
        await tabTo(page, guest.placeButton());
        await page.keyboard.press("Enter");
        await guest.arriveAtOrder();
    });
});

test("staff change an order's status by keyboard", async ({ page, env }) => {
    const item = await (await page.request.get(`/api/v1/restaurants/${LUIGI}/menu`)).json();
    const cola = item.sections.flatMap((section: { items: { id: string; name: string }[] }) => section.items).find((one: { name: string }) => one.name === "Cola");
    const answer = await page.request.post(`/api/v1/restaurants/${LUIGI}/orders`, {
        headers: { "idempotency-key": `keys-${test.info().project.name}` },
        data: { lines: [{ item: cola.id, quantity: 2 }], mode: "pickup", contact: { name: "Keys", phone: "0301234567" } },
    });
    const { number } = (await answer.json()) as { number: number };
    const kitchen = await Kitchen.open(page, env.owner, LUIGI);
    await kitchen.expectAlive();
    await tabTo(page, kitchen.ticket(number).getByRole("button", { name: /^Accept/ }), 300);
    await page.keyboard.press("Enter");
    await kitchen.show("Preparing");
    await expect(kitchen.column("Preparing").locator(`#order-${number}`)).toBeVisible();
    await tabTo(page, kitchen.ticket(number).getByRole("button", { name: /^Ready/ }), 300);
    await page.keyboard.press("Space");
    await kitchen.show("Ready");
    await expect(kitchen.column("Ready").locator(`#order-${number}`)).toBeVisible();
});
