// Valid HTML, and no markup in names.

import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import type { Page } from "@playwright/test";
import { GRIDDLE, LUIGI } from "./demo.ts";
import { everyPage } from "./every-page.ts";
import { type TestEnv, expect, test } from "./fixtures.ts";
import { itemOf, menuOf } from "./guest.ts";
import { refusals } from "./page-errors.ts";

/** Path of the checker's jar: its package exports only this, without types. */
const CHECKER = createRequire(import.meta.url)("vnu-jar") as string;

interface Message {
    type: string;
    url: string;
    lastLine: number;
    message: string;
    extract?: string;
}

function hasJava(): boolean {
    return spawnSync("java", ["-version"]).status === 0;
}

/** Findings of the Nu HTML checker, one per line. */
function errorsIn(files: string[]): string[] {
    // It exits with 0 also with findings, so that a checker that could not run fails the test.
    const options = ["-Xss2m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-jar", CHECKER, "--format", "json", "--stdout", "--exit-zero-always", "--errors-only"];
    const said = execFileSync("java", [...options, ...files], { encoding: "utf8", maxBuffer: 64 * 1024 * 1024 });
    const { messages } = JSON.parse(said) as { messages: Message[] };
    return messages.map(({ type, url, lastLine, message, extract }) => `${path.basename(url)}:${lastLine} ${type}: ${message} ${extract ?? ""}`);
}

/** Pages after a rejected form, which contain more parts. */
async function refusedPages(page: Page): Promise<[string, string][]> {
    const half = await itemOf(page, LUIGI, "Half and half");
    const forms: [string, string, Record<string, string>][] = [
        ["checkout refused", `/restaurants/${LUIGI}/checkout`, { mode: "dine_in", phone: "x", email: "x", tip: "other", tip_other: "much", note: "</textarea>" }],
        ["dish refused", `/restaurants/${LUIGI}/items/${half.id}`, { action: "add", item: half.id, quantity: "1" }],
        ["sign-in refused", "/sign-in", { email: "unknown@toast.example", password: "x" }],
        ["menu editor refused", `/dashboard/${LUIGI}/menu`, { change: "price", target: half.variants[0]?.id ?? "", value: "much" }],
    ];
    const answers = forms.map(async ([name, address, form]): Promise<[string, string]> => {
        const answer = await page.request.post(address, { form, headers: { accept: "text/html" }, maxRedirects: 0 });
        expect(answer.status(), name).toBe(422);
        return [name, await answer.text()];
    });
    return Promise.all(answers);
}

test("every page is valid HTML", async ({ page, env }) => {
    test.skip(!hasJava(), "the Nu HTML checker needs a Java runtime, and there is none");
    const folder = path.resolve(import.meta.dirname, "../test-results/markup");
    mkdirSync(folder, { recursive: true });
    const documents = (await everyPage(page, env)).map(async ([name, address]): Promise<[string, string]> => [name, await (await page.request.get(address)).text()]);
    const all = [...(await Promise.all(documents)), ...(await refusedPages(page))];
    const files = all.map(([name, html]) => {
        const file = path.join(folder, `${test.info().project.name}-${name.replaceAll(" ", "-")}.html`);
        writeFileSync(file, html);
        return file;
    });
    expect(errorsIn(files)).toEqual([]);
});

const NAME = "A</title></textarea></script><b id=x>\"'&amp;";

/** Changes a restaurant's menu as its owner. */
async function changeMenu(page: Page, env: TestEnv, slug: string, form: Record<string, string>): Promise<void> {
    await page.request.post("/sign-in", { form: { ...env.owner }, maxRedirects: 0 });
    const saved = await page.request.post(`/dashboard/${slug}/menu`, { form, maxRedirects: 0 });
    expect(saved.status()).toBe(303);
}

/** Expects that names are text in the parsed document. */
async function expectText(page: Page, address: string, title: string): Promise<void> {
    await page.goto(address);
    await expect(page).toHaveTitle(title);
    await expect(page.locator("title")).toHaveCount(1);
    await expect(page.locator("#x")).toHaveCount(0);
}

test("an item's name is shown as written, also in the title", async ({ page, env, newBrowserContext }) => {
    const staff = await newBrowserContext();
    const items = (await menuOf(page, GRIDDLE)).sections.flatMap((section) => section.items);
    const item = items.find((one) => one.groups.length === 0 && one.variants.length === 1);
    if (!item) throw new Error("There is no dish without choices.");
    await changeMenu(staff, env, GRIDDLE, { change: "rename_item", target: item.id, value: NAME });
    try {
        await expectText(page, `/restaurants/${GRIDDLE}/items/${item.id}`, `${NAME} · Copper Griddle · Toast`);
        await expect(page.getByRole("heading", { level: 1 })).toHaveText(NAME);
        await expectText(page, `/restaurants/${GRIDDLE}`, "Copper Griddle · Menu and order · Toast");
        const data = await page.locator('script[type="application/ld+json"]').textContent();
        expect(JSON.stringify(JSON.parse(data ?? ""))).toContain(JSON.stringify(NAME));
        await page.request.post(`/restaurants/${GRIDDLE}/cart`, { form: { action: "add", item: item.id, quantity: "1" } });
        await expectText(page, `/restaurants/${GRIDDLE}/cart`, "Your order at Copper Griddle · Toast");
        await expectText(page, `/restaurants/${GRIDDLE}/checkout`, "Checkout · Copper Griddle · Toast");
        await expectText(staff, `/dashboard/${GRIDDLE}/menu`, "Menu · Copper Griddle");
    } finally {
        await changeMenu(staff, env, GRIDDLE, { change: "rename_item", target: item.id, value: item.name });
    }
});

test("a rejection's free text is shown as text on the order page", async ({ page, env, newBrowserContext, pageErrors }) => {
    pageErrors.allow(refusals(409));
    const items = (await menuOf(page, GRIDDLE)).sections.flatMap((section) => section.items);
    const item = items.find((one) => one.groups.length === 0 && one.variants.length === 1);
    const ordered = await page.request.post(`/api/v1/restaurants/${GRIDDLE}/orders`, {
        headers: { "idempotency-key": `markup-${test.info().project.name}-${test.info().retry}` },
        data: { lines: [{ item: item?.id, quantity: 1 }], mode: "pickup", contact: { name: NAME, phone: "+1 718 555 0101" } },
    });
    expect(ordered.status()).toBe(201);
    const { token, number } = (await ordered.json()) as { token: string; number: number };
    const staff = await newBrowserContext({ javaScriptEnabled: false });
    await staff.request.post("/sign-in", { form: { ...env.owner }, maxRedirects: 0 });
    await staff.goto(`/dashboard/${GRIDDLE}/orders`);
    const ticket = staff.locator(`#order-${number}`);
    await ticket.locator("summary").click();
    await ticket.getByLabel("Reason (shown to the guest)").selectOption({ label: "Something ran out" });
    await ticket.getByLabel("In your own words (optional)").fill(NAME);
    await ticket.getByRole("button", { name: /^Reject order/ }).click();
    await expect(ticket).toContainText("Rejected");
    await page.goto(`/orders/${token}`);
    await expect(page.locator("#order")).toContainText(NAME);
    await expect(page.locator("title")).toHaveCount(1);
    await expect(page.locator("#x")).toHaveCount(0);
});
