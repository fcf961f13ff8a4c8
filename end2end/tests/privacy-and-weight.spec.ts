// Pages are cacheable, small, and run only our own scripts.

import type { Page } from "@playwright/test";
import { LUIGI } from "./demo.ts";
import { expect, test } from "./fixtures.ts";
import { Guest, atCheckout, itemOf } from "./guest.ts";

const MOST_BYTES = 40_000;
const MOST_WASM_BYTES = 75_000;

interface Weight {
    page: number;
    wasm: number;
}

/** Transferred bytes until the page is idle, without interaction. */
async function weigh(page: Page, address: string): Promise<Weight> {
    const session = await page.context().newCDPSession(page);
    await session.send("Network.enable");
    await session.send("Network.setCacheDisabled", { cacheDisabled: true });
    const kinds = new Map<string, string>();
    const weight: Weight = { page: 0, wasm: 0 };
    session.on("Network.responseReceived", ({ requestId, type, response }) => {
        kinds.set(requestId, response.mimeType === "application/wasm" ? "wasm" : type);
    });
    session.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
        const kind = kinds.get(requestId) ?? "";
        if (kind === "wasm") weight.wasm += encodedDataLength;
        if (["Document", "Stylesheet", "Script"].includes(kind)) weight.page += encodedDataLength;
    });
    await page.goto(address, { waitUntil: "networkidle" });
    await session.detach();
    return weight;
}

test("guest pages are small before interaction", async ({ page }) => {
    const diavola = await itemOf(page, LUIGI, "Diavola");
    await atCheckout(page, LUIGI, "Cola", 2);
    const addresses = ["/", `/restaurants/${LUIGI}`, `/restaurants/${LUIGI}/items/${diavola.id}`, `/restaurants/${LUIGI}/cart`, `/restaurants/${LUIGI}/checkout`];
    for (const address of addresses) {
        const weight = await weigh(page, address);
        test.info().annotations.push({ type: "weight", description: `${address} ${weight.page} + ${weight.wasm}` });
        expect(weight.page, `bytes of ${address}`).toBeGreaterThan(1_000);
        expect(weight.page, `bytes of ${address}`).toBeLessThanOrEqual(MOST_BYTES);
        expect(weight.wasm, `WebAssembly of ${address}`).toBeLessThanOrEqual(MOST_WASM_BYTES);
    }
});

test("a menu page contains nothing personal", async ({ page, playwright, baseURL }) => {
    const guest = await atCheckout(page, LUIGI, "Cola", 2);
    await guest.introduce({ name: "Nobody's business", phone: "0301234567" });
    await guest.placeOrder();
    const stranger = await playwright.request.newContext({ ...(baseURL ? { baseURL } : {}) });
    const [known, unknown] = [await page.request.get(`/restaurants/${LUIGI}`), await stranger.get(`/restaurants/${LUIGI}`)];
    expect(known.headers()["set-cookie"]).toBeUndefined();
    expect(known.headers()["cache-control"]).toContain("public");
    // A new guest's cart id is set by a separate response, which no shared cache stores.
    expect(unknown.headers()["set-cookie"]).toContain("toast_visitor=");
    expect(unknown.headers()["cache-control"]).toContain("private");
    expect(await known.text()).toBe(await unknown.text());
    const again = await stranger.get(`/restaurants/${LUIGI}`, { headers: { "if-none-match": unknown.headers()["etag"] ?? "" } });
    expect(again.status()).toBe(304);
    for (const address of [`/restaurants/${LUIGI}/cart`, `/restaurants/${LUIGI}/checkout`, new URL(page.url()).pathname]) {
        expect((await page.request.get(address)).headers()["cache-control"], address).toBe("no-store");
    }
    await stranger.dispose();
});

test("pages run only our own script and style files", async ({ page }) => {
    const guest = await atCheckout(page, LUIGI, "Cola", 2);
    const addresses = ["/", `/restaurants/${LUIGI}`, `/restaurants/${LUIGI}/cart`, `/restaurants/${LUIGI}/checkout`, "/sign-in"];
    for (const address of addresses) {
        const answer = await page.request.get(address);
        const policy = answer.headers()["content-security-policy"] ?? "";
        expect(policy, address).toContain("default-src 'none'");
        expect(policy, address).not.toMatch(/unsafe-inline|'unsafe-eval'/);
        expect(answer.headers()["x-content-type-options"]).toBe("nosniff");
        const html = await answer.text();
        const scripts = html.match(/<script\b[^>]*>/g) ?? [];
        const inline = scripts.filter((tag) => !/\ssrc=/.test(tag) && !/application\/ld\+json/.test(tag));
        expect(inline, address).toEqual([]);
        expect(html, address).not.toMatch(/<style\b|\sstyle="|\son[a-z]+="|javascript:/i);
    }
    expect(guest.slug).toBe(LUIGI);
});

test("cookies are HttpOnly and SameSite", async ({ page, env }) => {
    const guest = new Guest(page, LUIGI);
    await page.goto("/");
    expect(await page.context().cookies()).toEqual([]);
    // The id of an empty cart is a session cookie.
    await guest.openMenu();
    expect(await page.context().cookies()).toMatchObject([{ name: "toast_visitor", expires: -1, httpOnly: true }]);
    await guest.add("Cola");
    await guest.expectCount(1);
    await page.request.post("/sign-in", { form: { ...env.cook }, maxRedirects: 0 });
    const cookies = await page.context().cookies();
    expect(cookies.map((cookie) => cookie.name).sort()).toEqual(["toast_session", "toast_visitor"]);
    for (const cookie of cookies) {
        expect(cookie).toMatchObject({ httpOnly: true, sameSite: "Lax", path: "/" });
    }
});

test("restaurant and menu are JSON-LD for search engines", async ({ page }) => {
    await page.goto(`/restaurants/${LUIGI}`);
    const text = await page.locator('script[type="application/ld+json"]').first().textContent();
    const data = JSON.parse(text ?? "{}");
    expect(data["@type"]).toBe("Restaurant");
    expect(data.name).toBe("Luigi's Hearth");
    expect(JSON.stringify(data.hasMenu)).toContain("Margherita");
});
