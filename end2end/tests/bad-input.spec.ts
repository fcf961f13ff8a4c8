// Invalid requests get the right status and a helpful sentence, in a page that still works.

import type { APIResponse, Page } from "@playwright/test";
import { BOWLS, CLOSED, GRIDDLE, LANTERN, LUIGI } from "./demo.ts";
import { expect, test } from "./fixtures.ts";
import { expectGoodPage } from "./page-quality.ts";
import { Guest, atCheckout, itemOf, menuOf } from "./guest.ts";
import { Kitchen, signIn } from "./kitchen.ts";
import { refusals } from "./page-errors.ts";

type Fields = Record<string, string>;

async function send(page: Page, path: string, form: Fields): Promise<{ status: number; text: string; answer: APIResponse }> {
    const answer = await page.request.post(path, { form, headers: { accept: "text/html" }, maxRedirects: 0 });
    return { status: answer.status(), text: (await answer.text()).replace(/<[^>]*>/g, " ").replace(/\s+/g, " "), answer };
}

test("unknown addresses show a 404 page with links", async ({ page, pageErrors }) => {
    pageErrors.allow(refusals(404));
    const nowhere = [
        "/restaurants/no-such-place",
        "/restaurants/no-such-place/cart",
        "/restaurants/no-such-place/checkout",
        `/restaurants/${LUIGI}/items/0190a000-0000-7000-8000-000000000000`,
        `/restaurants/${LUIGI}/items/not-an-id`,
        "/orders/dead-token",
        "/orders/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "/no/such/page",
        "/restaurants/%00",
        "/restaurants/..%2f..%2fetc%2fpasswd",
    ];
    for (const address of nowhere) {
        const answer = await page.goto(address);
        expect(answer?.status(), address).toBe(404);
        await expect(page.getByRole("heading", { level: 1 }), address).toHaveText("Not found");
        await expect(page.getByRole("link", { name: "See all restaurants" })).toBeVisible();
    }
    await expectGoodPage(page, "not found");
});

test("a closed restaurant shows its menu, offers no time for now, and takes no order", async ({ page, pageErrors }) => {
    pageErrors.allow(refusals(409, 422));
    const guest = new Guest(page, CLOSED);
    await guest.openMenu();
    await expect(page.locator("article header")).toContainText(/Closed|Opens/);
    await expectGoodPage(page, "menu closed");
    const menu = await menuOf(page, CLOSED);
    const simple = menu.sections.flatMap((section) => section.items).find((item) => item.groups.length === 0 && item.variants.length === 1);
    await atCheckout(page, CLOSED, simple?.name ?? "", 2);
    await expectGoodPage(page, "checkout closed");
    await guest.introduce({ name: "Early", phone: "0301234567" });
    await guest.placeButton().click();
    await expect(page.getByRole("alert")).toContainText(/closed|open|time/i);
    await expect(page).toHaveURL(/\/checkout$/);
});

test("unavailable items, invalid choices and invalid quantities are rejected", async ({ page }) => {
    const berry = await itemOf(page, LUIGI, "Berry tartlet");
    const cola = await itemOf(page, LUIGI, "Cola");
    const half = await itemOf(page, LUIGI, "Half and half");
    const verdura = await itemOf(page, LUIGI, "Verdura");
    const elsewhere = (await menuOf(page, LANTERN)).sections[0]?.items[0];
    const toppings = (await menuOf(page, LUIGI)).groups.find((group) => group.name === "Extra toppings")?.modifiers ?? [];
    const cart = `/restaurants/${LUIGI}/cart`;
    const add = (fields: Fields): Fields => ({ action: "add", quantity: "1", ...fields });

    const soldOut = await send(page, cart, add({ item: berry.id }));
    expect([409, 422]).toContain(soldOut.status);
    expect(soldOut.text).toMatch(/sold out/i);

    const tooFew = await send(page, cart, add({ item: half.id, variant: half.variants[0]?.id ?? "" }));
    expect(tooFew.status).toBe(422);
    expect(tooFew.text).toMatch(/First half/);

    const many = new URLSearchParams([["action", "add"], ["item", verdura.id], ["quantity", "1"], ["variant", verdura.variants[0]?.id ?? ""]]);
    for (const topping of toppings.slice(3, 9)) many.append("modifier", topping.id);
    const tooMany = await page.request.post(cart, {
        data: many.toString(),
        headers: { accept: "text/html", "content-type": "application/x-www-form-urlencoded" },
        maxRedirects: 0,
    });
    expect(tooMany.status()).toBe(422);

    const foreign = await send(page, cart, add({ item: elsewhere?.id ?? "" }));
    expect([404, 422]).toContain(foreign.status);

    for (const quantity of ["0", "-1", "1000", "abc", "1e3", "9999999999999999999999", "1.5"]) {
        const wrong = await send(page, cart, add({ item: cola.id, quantity }));
        expect(wrong.status, quantity).toBe(422);
        expect(wrong.text, quantity).toMatch(/between 1 and 99|whole number from/i);
    }
    const nonsense: Fields[] = [{ action: "explode" }, {}, { action: "add" }, { action: "quantity", line: "x", quantity: "1" }, { action: "mode", mode: "teleport" }];
    for (const fields of nonsense) {
        const wrong = await send(page, cart, fields);
        expect(wrong.status, JSON.stringify(fields)).toBe(422);
    }
    await page.goto(cart);
    await expect(page.locator("#cart")).toHaveAttribute("data-count", "0");
});

test("invalid tips and totals place no order", async ({ page, env, pageErrors }) => {
    pageErrors.allow(refusals(409, 422));
    const guest = await atCheckout(page, LUIGI, "Cola", 2);
    const order = await page.locator('input[name="order"]').inputValue();
    const agreed = await page.locator('input[name="agreed"]').inputValue();
    const name = `Tip ${test.info().project.name}`;
    const good = { order, agreed, mode: "pickup", due: "asap", name, phone: "0301234567" };
    const wrong: Fields[] = [
        { ...good, tip: "-10" },
        { ...good, tip: "5000" },
        { ...good, tip: "other", tip_other: "-1" },
        { ...good, tip: "other", tip_other: "99999999999999999999" },
        { ...good, tip: "other", tip_other: "much" },
        { ...good, tip: "0", due: "yesterday" },
        { ...good, tip: "0", due: "1000" },
        { ...good, tip: "0", phone: "" },
        { ...good, tip: "0", phone: "call me" },
        { ...good, tip: "0", name: " " },
        { ...good, tip: "0", name: "x".repeat(500) },
        { ...good, tip: "0", order: "not-an-id" },
        { ...good, tip: "0", agreed: "1" },
        { ...good, tip: "0", mode: "dine_in", table: "The moon" },
        { ...good, tip: "0", mode: "delivery", street: "Far away 1", postcode: "99999" },
        { ...good, tip: "0", note: "x".repeat(5000) },
    ];
    for (const fields of wrong) {
        const { status, text } = await send(page, `/restaurants/${LUIGI}/checkout`, fields);
        expect([409, 422], JSON.stringify(fields).slice(0, 200)).toContain(status);
        expect(text, JSON.stringify(fields).slice(0, 200)).toContain(status === 422 ? "Please fix the following" : "This could not be done");
    }
    expect(env.database.run(`SELECT count(*) FROM orders WHERE guest_name LIKE '${name}%'`)).toEqual(["0"]);
    await guest.introduce({ name, phone: "0301234567" });
    await guest.placeOrder();
});

test("input is shown as text on the order page and the board", async ({ page, env, newBrowserContext }) => {
    const payload = `<img src=x onerror="window.pwned=1"><script>window.pwned=1</script>`;
    const guest = await atCheckout(page, GRIDDLE, await simpleDish(page, GRIDDLE), 2);
    await guest.introduce({ name: `${payload.slice(0, 40)}`, phone: "+1 718 555 0102" });
    await page.getByLabel(/^Note for the restaurant/).fill(`${payload} "quotes" & 'ticks' allergy`);
    const placed = await guest.placeOrder();
    await expect(page.getByText('onerror="window.pwned').first()).toBeVisible();
    const kitchen = await Kitchen.open(await newBrowserContext(), env.cook, GRIDDLE);
    await kitchen.expectAlive();
    await expect(kitchen.ticket(placed.number)).toContainText("<script>window.pwned=1</script>");
    await expect(kitchen.ticket(placed.number)).toContainText("Allergy:");
    await expectGoodPage(kitchen.page, "board with markup as text");
    for (const shown of [page, kitchen.page]) {
        expect(await shown.evaluate(() => (window as unknown as { pwned?: number }).pwned)).toBeUndefined();
    }
});

async function simpleDish(page: Page, slug: string): Promise<string> {
    const menu = await menuOf(page, slug);
    const items = menu.sections.flatMap((section) => section.items);
    return items.find((item) => item.groups.length === 0 && item.variants.length === 1)?.name ?? "";
}

test("changes sent by another site are rejected", async ({ page, env }) => {
    const cola = await itemOf(page, LUIGI, "Cola");
    const addresses = [
        `/restaurants/${LUIGI}/cart`,
        `/restaurants/${LUIGI}/checkout`,
        "/sign-in",
        "/sign-out",
        `/dashboard/${LUIGI}/orders`,
        `/dashboard/${LUIGI}/menu`,
    ];
    const strangers: Fields[] = [{ origin: "https://evil.example" }, { "sec-fetch-site": "cross-site" }, { "sec-fetch-site": "same-site" }, { origin: "null" }];
    for (const address of addresses) {
        for (const headers of strangers) {
            const answer = await page.request.post(address, { form: { action: "add", item: cola.id, quantity: "1" }, headers, maxRedirects: 0 });
            expect(answer.status(), `${address} ${JSON.stringify(headers)}`).toBe(403);
        }
    }
    const own = await page.request.post(`/restaurants/${LUIGI}/cart`, {
        form: { action: "add", item: cola.id, quantity: "1" },
        headers: { origin: env.toast.address },
        maxRedirects: 0,
    });
    expect(own.status()).toBe(303);
});

test("staff sign in by password and see only their restaurants", async ({ page, env, pageErrors }) => {
    pageErrors.allow(refusals(401, 403, 404, 422));
    await page.goto("/dashboard");
    await expect(page).toHaveURL(/\/sign-in\?next=/);
    await expectGoodPage(page, "sign in");
    await signIn(page, { email: "unknown@toast.example", password: "wrong-password" });
    await expect(page.getByRole("alert")).toContainText("do not match");
    await expect(page).toHaveTitle(/^Problem: /);
    await expect(page.getByLabel("E-mail")).toHaveValue("unknown@toast.example");
    await expect(page.getByLabel("Password")).toHaveValue("");
    await expectGoodPage(page, "sign in refused");
    await signIn(page, env.cook);
    await expect(page.getByRole("heading", { level: 1, name: "Your restaurants" })).toBeVisible();
    await expect(page.getByRole("heading", { level: 2 })).toHaveCount(1);
    await expectGoodPage(page, "dashboard");
    await page.goto(`/dashboard/${GRIDDLE}/menu`);
    await expect(page.getByText("the owner’s to change")).toBeVisible();
    await page.locator("main details summary").first().click();
    await expect(page.getByRole("button", { name: /^Sold out today/ }).first()).toBeVisible();
    await expect(page.getByText("Change or move")).toHaveCount(0);
    await expect(page.getByLabel(/^(Price|Name|Description)/)).toHaveCount(0);
    await expectGoodPage(page, "menu of staff");
    const dish = (await menuOf(page, GRIDDLE)).sections[0]?.items[0];
    const dearer = await send(page, `/dashboard/${GRIDDLE}/menu`, { change: "price", target: dish?.variants[0]?.id ?? "", value: "0.01" });
    expect(dearer.status).toBe(403);

    for (const address of [`/dashboard/${LUIGI}/orders`, `/dashboard/${LUIGI}/menu`, "/dashboard/no-such-place/orders"]) {
        expect((await page.goto(address))?.status(), address).toBe(403);
    }
    await expectGoodPage(page, "not yours");
    for (const address of [`/dashboard/${LUIGI}/orders`, `/dashboard/${LUIGI}/menu`, `/dashboard/${LUIGI}/orders/acknowledge`]) {
        const { status } = await send(page, address, { change: "pause", target: "", value: "15" });
        expect(status, address).toBe(403);
    }
    await page.goto("/dashboard");
    await page.getByRole("button", { name: "Sign out" }).click();
    await expect(page.getByRole("heading", { level: 1, name: "Sign in" })).toBeVisible();
    await page.goto(`/dashboard/${GRIDDLE}/orders`);
    await expect(page).toHaveURL(/\/sign-in/);
});

test("sign-in does not redirect to another site", async ({ page, env }) => {
    for (const next of ["https://evil.example/", "//evil.example", "/\\evil.example", "/\t/evil.example", "/\u0001", "javascript:alert(1)"]) {
        const answer = await page.request.post("/sign-in", { form: { ...env.cook, next }, maxRedirects: 0 });
        expect(answer.status()).toBe(303);
        expect(answer.headers()["location"], next).toBe("/dashboard");
    }
});

test("search accepts any input", async ({ page }) => {
    for (const text of ["%", "_", "'; DROP TABLE orders; --", "<b>", "\\", "𝓹𝓲𝔃𝔃𝓪", "x".repeat(300), "   ", "寿司", "بيت"]) {
        const answer = await page.goto(`/?q=${encodeURIComponent(text)}&diet=none&free_of=nonsense&near=moon`);
        expect(answer?.status(), text).toBe(200);
        await expect(page.locator("#results")).toBeVisible();
    }
    await page.goto("/?q=zzzzzz");
    await expect(page.getByRole("link", { name: "Show all restaurants" })).toBeVisible();
    await expectGoodPage(page, "home nothing found");
});

test("bodies that are not forms are rejected with a sentence", async ({ page }) => {
    const cart = `/restaurants/${BOWLS}/cart`;
    const json = await page.request.post(cart, { data: { action: "add" } });
    expect(json.status()).toBe(415);
    const huge = await page.request.post(cart, {
        data: `action=add&note=${"x".repeat(10_000_000)}`,
        headers: { "content-type": "application/x-www-form-urlencoded" },
    });
    expect(huge.status()).toBe(413);
});
