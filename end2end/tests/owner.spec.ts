// An owner opens a restaurant: from registering to the first order at a table, with a cook and a manager.

import type { Page } from "@playwright/test";
import { expect, test } from "./fixtures.ts";
import { Guest } from "./guest.ts";
import { Kitchen, signIn } from "./kitchen.ts";
import { refusals } from "./page-errors.ts";
import { expectGoodPage } from "./page-quality.ts";

const PASSWORD = "seven wet pretzels";
const DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/** Fills the hours of a day; the same time twice is around the clock. */
async function open(page: Page, day: string, from: string, to: string): Promise<void> {
    const hours = page.getByRole("group", { name: day, exact: true });
    await hours.getByLabel(`from on ${day}, span 1`).fill(from);
    await hours.getByLabel(`to on ${day}, span 1`).fill(to);
}

async function save(page: Page): Promise<void> {
    await page.getByRole("button", { name: "Save", exact: true }).last().click();
    await expect(page.getByRole("status").filter({ hasText: "Saved" })).toBeVisible();
}

test("an owner registers, sets up a pizzeria, invites a team and serves a guest at a table", async ({ page, env, newBrowserContext, pageErrors }) => {
    const unique = `${test.info().project.name}-${test.info().retry}`;
    const owner = { email: `rosa.${unique}@pizzeria.example`, password: PASSWORD };
    const name = `Trattoria Rosa ${unique}`;
    const slug = `trattoria-rosa-${unique}`;
    const settings = (part: string): string => `/dashboard/${slug}/settings/${part}`;

    await test.step("registers with the link of a mail that arrived", async () => {
        await page.goto("/sign-in");
        await page.getByRole("link", { name: /account/i }).first().click();
        await expectGoodPage(page, "register");
        await page.getByLabel("Your name").fill("Rosa");
        await page.getByLabel("E-mail").fill(owner.email);
        await page.getByLabel("Password").fill(owner.password);
        await page.getByRole("button", { name: "Open an account" }).click();
        await expect(page.getByText(`We sent a mail to ${owner.email}`)).toBeVisible();
        await expectGoodPage(page, "mail sent");
        await page.goto(await env.mailbox.linkTo(owner.email, /Confirm your address/));
        await expectGoodPage(page, "confirm");
        await page.getByRole("button", { name: "Confirm and sign in" }).click();
        await expect(page.getByRole("heading", { level: 1, name: "Your restaurants" })).toBeVisible();
        await expectGoodPage(page, "dashboard without restaurants");
    });

    await test.step("creates the restaurant with the menu of a template", async () => {
        await page.getByRole("link", { name: "Open a restaurant" }).click();
        await expectGoodPage(page, "new restaurant");
        await page.getByLabel("Name of the restaurant").fill(name);
        await page.getByLabel("Address").fill("Turmstraße 5, 10559 Berlin");
        await page.getByLabel("Phone for guests").fill("030 1234567");
        await page.getByLabel("Time zone").selectOption("Europe/Berlin");
        await page.getByLabel("Language of the menu").selectOption("en-GB");
        await page.getByLabel("Currency").selectOption("EUR");
        await page.getByRole("radio", { name: /Pizzeria/ }).check();
        await page.getByRole("button", { name: "Create the restaurant" }).click();
        await page.waitForURL(`**/dashboard/${slug}/setup`);
        await expect(page.getByRole("heading", { name: "Before you can open" })).toBeVisible();
        await expectGoodPage(page, "set-up");
    });

    await test.step("strangers see nothing of it", async () => {
        const stranger = await newBrowserContext();
        const answer = await stranger.request.get(`/restaurants/${slug}`);
        expect(answer.status()).toBe(404);
    });

    await test.step("enters overnight hours and a holiday", async () => {
        await page.goto(settings("hours"));
        for (const day of DAYS) await open(page, day, "11:00", "22:00");
        await open(page, "Friday", "18:00", "03:00");
        const year = new Date().getFullYear() + 1;
        const holiday = page.getByRole("group", { name: "A new date" }).first();
        await holiday.getByLabel("Date", { exact: true }).fill(`${year}-05-01`);
        await holiday.getByLabel(/Reason for guests/).fill("May Day");
        await holiday.getByLabel("Closed all day").check();
        await save(page);
        await expect(page.getByText("18:00–03:00").first()).toBeVisible();
        await expectGoodPage(page, "settings hours filled");
    });

    await test.step("offers delivery in two zones, and four tables", async () => {
        await page.goto(settings("service"));
        await expectGoodPage(page, "settings service");
        await page.getByLabel("Guests can choose delivery").check();
        await page.getByLabel("Guests can choose dine in").check();
        await page.getByLabel("Minutes from order until at the door").fill("45");
        await page.getByLabel("Minutes from order until at the table").fill("15");
        await save(page);
        await page.goto(settings("delivery"));
        await page.getByRole("button", { name: "Add a zone" }).click();
        await page.getByLabel("Name, as guests see it").first().fill("Moabit");
        await page.getByLabel("Postcodes").first().fill("10559, 10553");
        await page.getByLabel("Fee in EUR").first().fill("2.50");
        if ((await page.getByLabel("Name, as guests see it").count()) < 2) await page.getByRole("button", { name: "Add a zone" }).click();
        await page.getByLabel("Name, as guests see it").nth(1).fill("Mitte");
        await page.getByLabel("Postcodes").nth(1).fill("10115-10119");
        await page.getByLabel("Fee in EUR").nth(1).fill("4");
        await save(page);
        await expectGoodPage(page, "settings delivery filled");
        await page.goto(settings("tables"));
        await page.getByLabel("Tables").fill("1-4");
        await save(page);
        await page.getByRole("link", { name: "Print codes for the tables" }).click();
        await expect(page.getByRole("img", { name: /Code of table/ })).toHaveCount(4);
        await expectGoodPage(page, "table codes");
    });

    await test.step("publishes", async () => {
        // Open around the clock, so that this test can order at any hour.
        await page.goto(settings("hours"));
        for (const day of DAYS) await open(page, day, "00:00", "00:00");
        await save(page);
        await page.goto(`/dashboard/${slug}/setup`);
        await expect(page.getByRole("heading", { name: "Ready to open" })).toBeVisible();
        await page.getByRole("button", { name: "Publish" }).click();
        await expect(page.getByRole("heading", { name: "Open to guests" })).toBeVisible();
        await expectGoodPage(page, "set-up published");
    });

    const team = { cook: `cook.${unique}@pizzeria.example`, manager: `manager.${unique}@pizzeria.example` };
    const join = async (email: string, role: string, who: string): Promise<Page> => {
        await page.goto(`/dashboard/${slug}/team`);
        await page.getByLabel("E-mail").fill(email);
        await page.getByRole("radio", { name: new RegExp(`^${role}`) }).check();
        await page.getByRole("button", { name: "Send the invitation" }).click();
        await expect(page.getByRole("listitem").filter({ hasText: email })).toBeVisible();
        const own = await newBrowserContext();
        await own.goto(await env.mailbox.linkTo(email, /Join the team/));
        await expectGoodPage(own, "invitation");
        await own.getByLabel("Your name").fill(who);
        await own.getByLabel("Password").fill(PASSWORD);
        await own.getByRole("button", { name: "Create the account and join" }).click();
        await own.waitForURL("**/dashboard**");
        return own;
    };
    const [cook, manager] = await test.step("invites a cook and a manager", async () => {
        const pages: [Page, Page] = [await join(team.cook, "Kitchen", "Carlo"), await join(team.manager, "Manager", "Mina")];
        await page.goto(`/dashboard/${slug}/team`);
        await expectGoodPage(page, "team");
        return pages;
    });

    await test.step("the cook sees the board and nothing else", async () => {
        await cook.goto(`/dashboard/${slug}/orders`);
        await expectGoodPage(cook, "board of a cook");
        await expect(cook.getByRole("link", { name: /^(Menu|Settings|History|Takings|Team|Log of changes|Set-up)$/, includeHidden: true })).toHaveCount(0);
        for (const part of ["menu", "history", "takings", "settings/hours", "team", "log", "setup"]) {
            const answer = await cook.request.get(`/dashboard/${slug}/${part}`);
            expect(answer.status(), part).toBe(403);
        }
    });

    const number = await test.step("a guest orders at the table whose code was scanned", async () => {
        const guest = new Guest(await newBrowserContext(), slug);
        await guest.page.goto(`/restaurants/${slug}?table=3`);
        await guest.hydrated();
        await expectGoodPage(guest.page, "menu at a table of a new restaurant");
        const add = guest.page.locator("[data-dish]").getByRole("button", { name: /^Add / }).first();
        await add.click();
        await guest.expectCount(1);
        await guest.page.goto(`/restaurants/${slug}/checkout`);
        await guest.hydrated();
        await expect(guest.page.getByLabel("Table")).toHaveValue("3");
        await guest.introduce({ name: "Guest at three", phone: "0301234567" });
        const placed = await guest.placeOrder();
        return placed.number;
    });

    await test.step("the cook cooks it", async () => {
        const kitchen = new Kitchen(cook, slug);
        await cook.goto(`/dashboard/${slug}/orders`);
        await kitchen.expectAlive();
        await kitchen.accept(number, 20);
        await kitchen.show("Preparing");
        await expect(kitchen.column("Preparing").getByText("Table 3")).toBeVisible();
    });

    await test.step("the owner reads what the manager changed", async () => {
        await manager.goto(settings("charges"));
        await expectGoodPage(manager, "settings charges");
        await manager.goto(settings("tax"));
        await manager.getByLabel(/Tax number/).fill("DE 123456789");
        await save(manager);
        expect((await manager.request.get(`/dashboard/${slug}/log`)).status()).toBe(403);
        await page.goto(`/dashboard/${slug}/log`);
        const entry = page.getByRole("listitem").filter({ hasText: "Mina" }).first();
        await expect(entry).toContainText("DE 123456789");
        await expectGoodPage(page, "log of changes");
    });

    await test.step("looks back at the order and its receipt", async () => {
        await page.goto(`/dashboard/${slug}/history?q=Guest`);
        await page.getByRole("link", { name: new RegExp(`\\b${number}\\b`) }).first().click();
        await expectGoodPage(page, "past order");
        await page.goto(`${page.url()}/receipt`);
        await expect(page.getByText("DE 123456789")).toBeVisible();
        await expectGoodPage(page, "receipt");
        await page.goto(`/dashboard/${slug}/takings`);
        await expectGoodPage(page, "takings with an order");
    });

    await test.step("ends the cook's access, and with it the open board", async () => {
        pageErrors.allow(refusals(403));
        await page.goto(`/dashboard/${slug}/team`);
        await page.getByRole("link", { name: /Remove Carlo/ }).click();
        await expectGoodPage(page, "remove from the team");
        await page.getByRole("button", { name: /Remove Carlo/ }).click();
        await expect(page.getByText("Carlo")).toHaveCount(0);
        await expect.poll(async () => (await cook.request.get(`/dashboard/${slug}/orders/snapshot`)).status(), { timeout: 30_000 }).toBe(403);
    });
});

test("a lost tablet is signed out from another device", async ({ page, env, newBrowserContext, pageErrors }) => {
    const email = `lost.${test.info().project.name}.${test.info().retry}@pizzeria.example`;
    await page.goto("/register");
    await page.getByLabel("Your name").fill("Lotte");
    await page.getByLabel("E-mail").fill(email);
    await page.getByLabel("Password").fill(PASSWORD);
    await page.getByRole("button", { name: "Open an account" }).click();
    const link = await env.mailbox.linkTo(email, /Confirm your address/);
    await page.goto(link);
    await page.getByRole("button", { name: "Confirm and sign in" }).click();
    await expect(page.getByRole("heading", { level: 1, name: "Your restaurants" })).toBeVisible();

    const tablet = await newBrowserContext();
    await tablet.goto("/sign-in");
    await signIn(tablet, { email, password: PASSWORD });
    await expect(tablet.getByRole("heading", { level: 1, name: "Your restaurants" })).toBeVisible();

    await page.goto("/account");
    await expectGoodPage(page, "account");
    await page.getByRole("button", { name: "Sign out everywhere else" }).click();
    await expect(page.getByText("All other devices are signed out.")).toBeVisible();
    await tablet.goto("/dashboard");
    await expect(tablet.getByRole("heading", { level: 1, name: "Sign in" })).toBeVisible();

    pageErrors.allow(refusals(409));
    await page.goto(link);
    await expect(page.getByRole("heading", { level: 1, name: "This link does not work" })).toBeVisible();
    await expectGoodPage(page, "used link");
});
