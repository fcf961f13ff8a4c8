// Opens a menu as a phone on slow 4G with a slow processor, and clicks "Add" every 50 ms from the first paint until a
// click takes effect: node add.mjs ADDRESS ROUNDS, prints JSON.

import { existsSync } from "node:fs";
import { chromium } from "@playwright/test";

const [address, rounds] = process.argv.slice(2);
const installed = ["/usr/bin/chromium-headless-shell", "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(existsSync);
const quiet = ["--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
const phone = { viewport: { width: 412, height: 823 }, deviceScaleFactor: 1.75, isMobile: true, hasTouch: true };
const slow4g = { offline: false, latency: 150, downloadThroughput: 1_600_000 / 8, uploadThroughput: 750_000 / 8 };

const BETWEEN_CLICKS = 50;
const PATIENCE = 30_000;
const ADD = "[data-add-simple] button";

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

// Bytes that a page loads without interaction.
async function load(browser) {
    const context = await browser.newContext(phone);
    const page = await context.newPage();
    const loaded = [];
    page.on("request", (request) => loaded.push({ url: request.url(), kind: request.resourceType() }));
    await page.goto(address, { waitUntil: "load" });
    await pause(4000);
    const wasm = await page.evaluate(() => document.querySelector("script[data-wasm]")?.getAttribute("data-wasm") ?? null);
    await context.close();
    return { loaded, wasm };
}

// Until the cart shows the item: in the page, or on the cart page.
async function visit(browser, javaScriptEnabled) {
    const context = await browser.newContext({ ...phone, javaScriptEnabled });
    const page = await context.newPage();
    const devtools = await slowDown(context, page);
    const painted = new Promise((resolve) => {
        devtools.on("Page.lifecycleEvent", ({ name }) => name === "firstContentfulPaint" && resolve(performance.now()));
    });
    let changes = 0;
    page.on("request", (request) => { if (request.method() === "POST") changes += 1; });

    const begun = performance.now();
    page.goto(address, { waitUntil: "commit" }).catch(() => {});
    const first = await painted;
    let clicks = 0;
    let next = first;
    while (!(await showsDish(page))) {
        if (performance.now() - begun > PATIENCE) throw new Error(`no dish in the cart after ${clicks} clicks, ${changes} changes`);
        // After a click that took effect, no further clicks.
        if (changes === 0 && performance.now() >= next && (await click(page, devtools))) {
            clicks += 1;
            next = performance.now() + BETWEEN_CLICKS;
        }
        await pause(10);
    }
    const added = performance.now();
    await context.close();
    return { painted: first - begun, added: added - begun, clicks, lost: Math.max(0, clicks - changes) };
}

async function slowDown(context, page) {
    const devtools = await context.newCDPSession(page);
    await devtools.send("Page.enable");
    await devtools.send("Page.setLifecycleEventsEnabled", { enabled: true });
    await devtools.send("Network.enable");
    await devtools.send("Network.emulateNetworkConditions", slow4g);
    await devtools.send("Emulation.setCPUThrottlingRate", { rate: 4 });
    return devtools;
}

// By mouse position, also if something covers the button. False while there is no button.
async function click(page, devtools) {
    const at = await read(page, (add) => {
        const button = document.querySelector(add);
        if (!button) return null;
        const inSight = ({ top, bottom }) => top > 80 && bottom < innerHeight - 120;
        if (!inSight(button.getBoundingClientRect())) button.scrollIntoView({ block: "center", behavior: "instant" });
        const { left, top, width, height } = button.getBoundingClientRect();
        return { x: left + width / 2, y: top + height / 2 };
    });
    if (!at) return false;
    const mouse = { ...at, button: "left", clickCount: 1 };
    await devtools.send("Input.dispatchMouseEvent", { ...mouse, type: "mousePressed" });
    await devtools.send("Input.dispatchMouseEvent", { ...mouse, type: "mouseReleased" });
    return true;
}

const showsDish = (page) => read(page, () => {
    if (location.pathname.endsWith("/cart")) return document.querySelector('[id^="line-"]') !== null;
    return /[1-9]/.test(document.querySelector("[data-cart-words]")?.textContent ?? "");
});

// During a navigation nothing can be read.
const read = (page, look) => page.evaluate(look, ADD).catch(() => null);

const browser = await chromium.launch({
    ...(installed ? { executablePath: installed } : {}),
    args: ["--no-sandbox", "--disable-gpu", ...quiet],
});
try {
    const { loaded, wasm } = await load(browser);
    const islands = [];
    const forms = [];
    for (let round = 0; round < Number(rounds); round += 1) {
        islands.push(await visit(browser, true));
        forms.push(await visit(browser, false));
    }
    console.log(JSON.stringify({ loaded, wasm, islands, forms }));
} finally {
    await browser.close();
}
