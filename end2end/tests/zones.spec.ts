// Delivery zones on the map: an owner enters the corners of one, and guests order into it by their location.

import type { Page } from "@playwright/test";
import { BOWLS, type SignIn } from "./demo.ts";
import { expect, test } from "./fixtures.ts";
import { Guest, atCheckout, menuOf } from "./guest.ts";
import { signIn } from "./kitchen.ts";
import { refusals } from "./page-errors.ts";
import { expectGoodPage } from "./page-quality.ts";

const SETTINGS = `/dashboard/${BOWLS}/settings/delivery`;
/** Near the restaurant, which is at 52.5293, 13.4018, and far from it. */
const NEAR = { latitude: 52.5301, longitude: 13.4031 };
const FAR = { latitude: 52.3906, longitude: 13.0645 };
const CORNERS = "52.5200, 13.3900\n52.5200, 13.4150\n52.5400, 13.4150\n52.5400, 13.3900";
const ANYWHERE = "99999";


/** Signing in leads to the page that asked for it. */
async function openSettings(page: Page, owner: SignIn): Promise<void> {
    await page.goto(SETTINGS);
    await signIn(page, owner);
    await expect(page.getByRole("heading", { name: "Delivery zones" })).toBeVisible();
}

async function save(page: Page): Promise<void> {
    await page.getByRole("button", { name: "Save", exact: true }).last().click();
    await expect(page.getByRole("status").filter({ hasText: "Saved" })).toBeVisible();
}

/** Fills a new zone except for its area. */
async function addZone(page: Page, name: string): Promise<number> {
    await page.getByRole("button", { name: "Add a zone" }).click();
    const names = page.getByLabel("Name, as guests see it");
    const at = (await names.count()) - 1;
    await names.nth(at).fill(name);
    await page.getByLabel("Fee in EUR").nth(at).fill("1");
    return at;
}

async function removeZone(page: Page, name: string): Promise<void> {
    await page.goto(SETTINGS);
    await page.getByRole("button", { name: `Remove ${name}` }).click();
    await save(page);
}

/** The first dish that needs no choices. */
async function simpleDish(page: Page): Promise<string> {
    const dishes = (await menuOf(page, BOWLS)).sections.flatMap((section) => section.items);
    return dishes.find((dish) => dish.groups.length === 0 && dish.variants.length === 1)?.name ?? "";
}

async function address(page: Page): Promise<void> {
    await page.getByLabel("Street and number").fill("Linienstraße 40");
    await page.getByLabel("Postcode").fill(ANYWHERE);
}

test("an owner types the corners of a zone, and guests order into it by their location", async ({ page, env, newBrowserContext, pageErrors }) => {
    pageErrors.allow(refusals(409, 422));
    await openSettings(page, env.owner);
    const at = await addZone(page, "Round the corner");
    await page.locator(`[name=zone-${at}-by][value=polygon]`).check();
    await page.getByLabel("Corners").nth(at).fill(CORNERS);
    await save(page);
    await expect(page.locator("[data-map]")).toContainText("Round the corner");
    await page.goto(SETTINGS);
    await expectGoodPage(page, "settings delivery with a polygon");

    const where = await newBrowserContext({ geolocation: NEAR, permissions: ["geolocation"] });
    const guest = await atCheckout(where, BOWLS, await simpleDish(where), 5);
    await guest.chooseMode("Delivery");
    await guest.introduce({ name: "Lina", phone: "+49 30 5550113" });
    await address(where);
    await expect(where.locator("#total")).toContainText("99999 alone does not tell");
    await where.getByRole("button", { name: "Use my location" }).click();
    await expect(where.getByLabel("Your location")).toHaveValue("52.53010, 13.40310");
    await expect(where.locator("#total")).toContainText("Round the corner");
    await where.getByText("Show the zones on a map").click();
    await expect(where.locator("[data-pin]")).toHaveAttribute("display", "inline");
    await expectGoodPage(where, "checkout with a location");
    const map = where.locator("[data-location-map]");
    const size = await map.boundingBox();
    await map.click({ position: { x: (size?.width ?? 0) * 0.02, y: (size?.height ?? 0) * 0.02 } });
    await expect(where.locator("#total")).toContainText("does not deliver to this location");
    await where.getByRole("button", { name: "Use my location" }).click();
    await expect(where.locator("#total")).toContainText("Round the corner");
    await guest.placeOrder();
    await page.goto(`/dashboard/${BOWLS}/orders`);
    await expect(page.locator('a[href="geo:52.53010,13.40310"]').first()).toBeVisible();

    await test.step("a guest far away is told, and one who refuses can go on", async () => {
        const away = await newBrowserContext({ geolocation: FAR, permissions: ["geolocation"] });
        const far = await atCheckout(away, BOWLS, await simpleDish(away), 5);
        await far.chooseMode("Delivery");
        await address(away);
        await away.getByRole("button", { name: "Use my location" }).click();
        await expect(away.locator("#total")).toContainText("does not deliver to this location");
        const refusing = await newBrowserContext({ permissions: [] });
        const silent = await atCheckout(refusing, BOWLS, await simpleDish(refusing), 5);
        await silent.chooseMode("Delivery");
        await refusing.getByRole("button", { name: "Use my location" }).click();
        await expect(refusing.getByText("Your browser did not tell us where you are.")).toBeVisible();
        await expect(refusing.locator("[data-location-map]")).toBeVisible();
        await expectGoodPage(refusing, "checkout without permission for a location");
    });
    await removeZone(page, "Round the corner");
});

test.describe("without scripts", () => {
    test.use({ javaScriptEnabled: false });

    test("a zone is typed as corners, and a location as text", async ({ page, env }) => {
        await openSettings(page, env.owner);
        const at = await addZone(page, "By hand");
        await page.locator(`[name=zone-${at}-by][value=polygon]`).check();
        await page.getByLabel("Corners").nth(at).fill(CORNERS);
        await save(page);
        await page.goto(SETTINGS);
        await expect(page.locator("[data-map]")).toContainText("By hand");

        const guest = new Guest(page, BOWLS, false);
        await page.goto(`/restaurants/${BOWLS}`);
        const dish = await simpleDish(page);
        for (let count = 0; count < 3; count += 1) {
            await page.goto(`/restaurants/${BOWLS}`);
            await guest.add(dish);
        }
        await guest.openCheckout();
        await guest.chooseMode("Delivery");
        await guest.introduce({ name: "Hanna", phone: "+49 30 5550114" });
        await address(page);
        await page.getByLabel("Your location").fill("52.5301, 13.4031");
        await guest.settle();
        await expect(page.locator("#total")).toContainText("By hand");
        await guest.placeOrder();
        await removeZone(page, "By hand");
    });
});
