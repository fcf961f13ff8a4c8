// The settings of a restaurant: without scripts, with two editors, and by keyboard alone.

import { expect, test } from "./fixtures.ts";
import { tabThrough, tabTo } from "./focus.ts";
import { signIn } from "./kitchen.ts";
import { refusals } from "./page-errors.ts";
import { expectGoodPage } from "./page-quality.ts";
import { CHECKED, PARTS, Settings, TRIED, createRestaurant, newRestaurant } from "./settings.ts";

/** Distinguishes names and addresses of projects and attempts. */
const unique = (): string => `${test.info().project.name}-${test.info().retry}`;

/**
 * The keys that people press for a value. Browsers have fields of their own for times and dates, in the order and with the clock of the system:
 * where it has 24 hours, letters are ignored.
 */
function keysOf(value: string): string {
    const [, hour, minute] = /^(\d\d):(\d\d)$/.exec(value) ?? [];
    if (hour && minute) return `${hour}${minute}${Number(hour) < 12 ? "AM" : ""}`;
    const [, year, month, day] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(value) ?? [];
    return year ? `${day}${month}${year}` : value;
}

test("an owner without scripts registers, creates a restaurant and fills each page of its settings", async ({ env, newBrowserContext, pageErrors }) => {
    pageErrors.allow(refusals(422));
    const page = await newBrowserContext({ javaScriptEnabled: false });
    const slug = await test.step("registers and creates the restaurant", async () => {
        const email = `settings.${unique()}@pizzeria.example`;
        await page.goto("/register");
        await page.getByLabel("Your name").fill("Rosa");
        await page.getByLabel("E-mail").fill(email);
        await page.getByLabel("Password").fill("password12");
        await page.getByRole("button", { name: "Open an account" }).click();
        await expect(page.getByLabel("Password")).toHaveAttribute("aria-invalid", "true");
        await expect(page.getByLabel("E-mail")).toHaveValue(email);
        await expectGoodPage(page, "register refused");
        await page.getByLabel("Password").fill("seven wet pretzels");
        await page.getByRole("button", { name: "Open an account" }).click();
        await page.goto(await env.mailbox.linkTo(email, /Confirm your address/));
        await page.getByRole("button", { name: "Confirm and sign in" }).click();
        await page.getByRole("link", { name: "Open a restaurant" }).click();
        return createRestaurant(page, `Trattoria Senza ${unique()}`);
    });
    const settings = new Settings(page, slug);
    for (const part of PARTS) {
        const { tried, stored } = part;
        await test.step(part.name, async () => {
            await settings.open(part);
            // Programs that fill forms may exceed the limit.
            if (part.limit) await settings.field(tried.label).evaluate((field) => field.removeAttribute("maxlength"));
            await settings.fill(part, tried.wrong);
            await settings.save().click();
            await settings.expectRefused(part);
            await settings.expectValues(part, tried.wrong);
            await expectGoodPage(page, `settings ${part.name} refused`);
            await settings.field(tried.label).fill(tried.value);
            await settings.save().click();
            await settings.expectSaved();
            await settings.expectValues(part, stored ?? tried.value);
            await expectGoodPage(page, `settings ${part.name} saved`);
        });
    }
    await test.step("reads what guests will read", async () => {
        await page.goto(`/dashboard/${slug}/settings/hours`);
        await expect(page.getByRole("region", { name: "Guests read" })).toContainText("18:00–03:00");
        await page.goto(`/dashboard/${slug}/settings/delivery?try=10553`);
        await expect(page.getByRole("status")).toContainText("10553 is in");
    });
});

test("a second editor is told, and nothing that either typed is lost", async ({ env, newBrowserContext, pageErrors }) => {
    pageErrors.allow(refusals(409));
    const first = await newBrowserContext({ javaScriptEnabled: false });
    const slug = await newRestaurant(first, env, `Trattoria Doppia ${unique()}`);
    const second = await newBrowserContext({ javaScriptEnabled: false });
    await second.goto("/sign-in");
    await signIn(second, env.owner);
    const [one, other] = [new Settings(first, slug), new Settings(second, slug)];
    for (const part of PARTS) {
        const { tried, stored } = part;
        await test.step(part.name, async () => {
            await other.open(part);
            await one.open(part);
            await one.fill(part, tried.value);
            await one.save().click();
            await one.expectSaved();

            await other.fill(part, tried.other);
            await other.save().click();
            await expect(second.getByRole("alert")).toContainText("changed this page while you were editing");
            await expect(second.getByRole("alert")).toBeFocused();
            await other.expectValues(part, tried.other);
            // Again, without looking at the other's values.
            await other.save().click();
            await expect(second.getByRole("alert")).toContainText("changed this page while you were editing");
            if (part.name === "delivery") await expectGoodPage(second, "settings of a second editor");
            await second.getByRole("link", { name: "Open the page with their changes" }).click();
            await other.expectValues(part, stored ?? tried.value);
            await other.field(tried.label).fill(tried.other);
            await other.save().click();
            await other.expectSaved();
            await other.expectValues(part, tried.other);
        });
    }
});

test("each page of the settings works by keyboard alone", async ({ page, env, pageErrors }) => {
    pageErrors.allow(refusals(422));
    const slug = await newRestaurant(page, env, `Trattoria Tasti ${unique()}`);
    const settings = new Settings(page, slug);
    const type = async (value: string): Promise<void> => {
        await page.keyboard.press("Control+A");
        await page.keyboard.press("Delete");
        await page.keyboard.type(keysOf(value));
    };
    for (const part of PARTS) {
        const { tried, stored } = part;
        await test.step(part.name, async () => {
            await page.goto(`/dashboard/${slug}/settings/${part.name}`);
            await tabThrough(page);
            if (part.add) {
                await tabTo(page, page.getByRole("button", { name: part.add }));
                await page.keyboard.press("Enter");
                await expect(settings.field(tried.label)).toBeVisible();
            }
            for (const [label, value] of part.values) {
                const field = settings.field(label);
                await tabTo(page, field, 400);
                if (value !== CHECKED) await type(value === TRIED ? tried.wrong : value);
                else if (!(await field.isChecked())) await page.keyboard.press("Space");
            }
            if (part.limit) {
                await expect(settings.field(tried.label)).toHaveValue(tried.wrong.slice(0, part.limit));
            } else {
                await tabTo(page, settings.save(), 400);
                await page.keyboard.press("Enter");
                // The focus is on the first problem, and the Enter key leads from there to its field.
                await settings.expectRefused(part);
                await page.keyboard.press("Enter");
            }
            await expect(settings.field(tried.label)).toBeFocused();
            await type(tried.value);
            await tabTo(page, settings.save(), 400);
            await page.keyboard.press("Space");
            await settings.expectSaved();
            await settings.expectValues(part, stored ?? tried.value);
        });
    }
    await test.step("the Enter key in a field saves", async () => {
        await tabTo(page, settings.field("Days"));
        await type("60");
        await page.keyboard.press("Enter");
        await settings.expectSaved();
        await expect(settings.field("Days")).toHaveValue("60");
    });
});
