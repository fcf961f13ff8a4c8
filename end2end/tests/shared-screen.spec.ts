// A tablet that several people use: who works at it is said with a PIN, and the orders name them.

import type { Page } from "@playwright/test";
import { KEBAP } from "./demo.ts";
import { expect, test } from "./fixtures.ts";
import { menuOf } from "./guest.ts";
import { Kitchen } from "./kitchen.ts";
import { refusals } from "./page-errors.ts";
import { expectGoodPage } from "./page-quality.ts";

async function order(page: Page, key: string): Promise<number> {
    const menu = await menuOf(page, KEBAP);
    const simple = menu.sections.flatMap((section) => section.items).find((item) => item.groups.length === 0 && item.variants.length === 1);
    const answer = await page.request.post(`/api/v1/restaurants/${KEBAP}/orders`, {
        headers: { "idempotency-key": key },
        data: { lines: [{ item: simple?.id, quantity: 1 }], mode: "pickup", contact: { name: "Wilma", phone: "+1 718 555 0101" } },
    });
    expect(answer.status()).toBe(201);
    return ((await answer.json()) as { number: number }).number;
}

async function setPin(page: Page, pin: string): Promise<void> {
    await page.goto(`/dashboard/${KEBAP}/pin`);
    await page.getByLabel("New PIN").fill(pin);
    await page.getByLabel("The same PIN again").fill(pin);
    await page.getByRole("button", { name: "Save" }).click();
}

test("people take turns at a tablet, and its orders name them", async ({ page: owner, env, newBrowserContext, pageErrors }) => {
    const unique = `${test.info().project.name}-${test.info().retry}`;
    const password = env.owner.password;
    const [name, cook] = [`Kitchen ${unique}`, await newBrowserContext()];

    await test.step("each person sets a PIN on their own device", async () => {
        pageErrors.allow(refusals(422));
        await Kitchen.open(owner, { email: `owner.${KEBAP}@toast.example`, password }, KEBAP);
        await setPin(owner, "1234");
        await expect(owner.getByRole("alert")).toContainText("guessed first");
        await expectGoodPage(owner, "pin refused");
        await setPin(owner, "4719");
        await expect(owner.getByText("Your PIN is saved")).toBeVisible();
        await expectGoodPage(owner, "pin set");
        await Kitchen.open(cook, { email: `kitchen.${KEBAP}@toast.example`, password }, KEBAP);
        await setPin(cook, "830265");
        await expect(cook.getByText("Your PIN is saved")).toBeVisible();
    });
    const [asOwner, asCook] = [/Owner$/, /Kitchen$/];

    const tablet = await newBrowserContext();
    const kitchen = await test.step("the owner makes the tablet a shared screen", async () => {
        await Kitchen.open(tablet, { email: `owner.${KEBAP}@toast.example`, password }, KEBAP);
        await tablet.goto(`/dashboard/${KEBAP}/team`);
        await tablet.getByRole("main").getByRole("link", { name: "Shared screens" }).click();
        await expectGoodPage(tablet, "shared screens");
        await tablet.getByLabel("Name").fill(name);
        await tablet.getByRole("button", { name: "Start the shared screen" }).click();
        await tablet.waitForURL(`**/dashboard/${KEBAP}/orders`);
        await expect(tablet.getByText("No one works here now.")).toBeVisible();
        await expectGoodPage(tablet, "shared screen without person");
        return new Kitchen(tablet, KEBAP);
    });

    let cookName = "";
    const number = await order(owner, `shared-1-${unique}`);
    await test.step("who accepts an order says first who they are", async () => {
        pageErrors.allow(refusals(403, 422));
        await kitchen.expectAlive();
        await kitchen.show("New");
        await expect(kitchen.ticket(number)).toBeVisible();
        await kitchen.accept(number, 20);
        await tablet.waitForURL(`**/dashboard/${KEBAP}/who`);
        await expectGoodPage(tablet, "who works here");
        cookName = (await tablet.getByRole("link", { name: asCook }).locator("bdi").textContent()) ?? "";
        await tablet.getByRole("link", { name: asCook }).click();
        await tablet.getByLabel("PIN", { exact: true }).fill("9517");
        await tablet.getByRole("button", { name: /^Work as/ }).click();
        await expect(tablet.getByRole("alert")).toContainText("not the PIN of the chosen name");
        await expectGoodPage(tablet, "wrong pin");
        await tablet.getByRole("link", { name: "Choose another name" }).click();
        await tablet.getByRole("link", { name: asCook }).click();
        await tablet.getByLabel("PIN", { exact: true }).fill("830265");
        await tablet.getByLabel("PIN", { exact: true }).press("Enter");
        await tablet.waitForURL(`**/dashboard/${KEBAP}/orders`);
        await expect(tablet.getByText("Working:")).toBeVisible();
        await expectGoodPage(tablet, "shared screen with person");
        await kitchen.expectAlive();
        await kitchen.show("New");
        await kitchen.accept(number, 20);
        await kitchen.show("Preparing");
        await expect(kitchen.column("Preparing").locator(`#order-${number}`)).toBeVisible();
    });

    await test.step("another person takes over without scripts as well", async () => {
        const plain = await newBrowserContext({ javaScriptEnabled: false });
        await plain.context().addCookies(await tablet.context().cookies());
        await plain.goto(`/dashboard/${KEBAP}/orders`);
        await plain.getByRole("link", { name: "Switch" }).click();
        await plain.getByRole("link", { name: asOwner }).click();
        await plain.getByLabel("PIN", { exact: true }).fill("4719");
        await plain.getByRole("button", { name: /^Work as/ }).click();
        await plain.waitForURL(`**/dashboard/${KEBAP}/orders`);
        await expect(plain.getByText("Working:")).toBeVisible();
        const first = await plain.getByText("Working:").locator("bdi").textContent();
        // The board that is open on the tablet follows.
        await expect(tablet.getByText("Working:").locator("bdi")).toHaveText(first ?? "");
        await plain.getByRole("link", { name: "Switch" }).click();
        await expectGoodPage(plain, "who works here as owner");
        await plain.getByRole("button", { name: "Stop working here" }).click();
        await expect(tablet.getByText("No one works here now.")).toBeVisible();
    });

    await test.step("the owner reads who did it, and ends the screen from afar", async () => {
        pageErrors.allow(refusals(401, 403, 422));
        await owner.goto(`/dashboard/${KEBAP}/history?q=${number}`);
        await owner.getByRole("main").getByRole("link", { name: new RegExp(`${number}`) }).first().click();
        await expect(owner.getByRole("main")).toContainText("Accepted");
        expect(cookName).not.toBe("");
        await expect(owner.getByRole("main")).toContainText(cookName);
        await owner.goto(`/dashboard/${KEBAP}/screens`);
        await expectGoodPage(owner, "shared screens with one");
        await owner.getByRole("button", { name: `End ${name}` }).click();
        await expect(owner.getByText("There is none yet.")).toBeVisible();
        await expect(tablet.getByText("You are signed out.")).toBeVisible();
        await tablet.reload();
        await expect(tablet.getByRole("heading", { level: 1, name: "Sign in" })).toBeVisible();
    });
});
