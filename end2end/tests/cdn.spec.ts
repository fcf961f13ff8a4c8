// The CDN dies, hangs or refuses: pages are styled, awake and usable all the same, from the origin.

import { type IncomingMessage, type Server, type ServerResponse, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Page } from "@playwright/test";
import { LUIGI } from "./demo.ts";
import { expect, test as base } from "./fixtures.ts";
import { Guest } from "./guest.ts";
import { Toast } from "./server.ts";
import { lostConnection, refusals } from "./troubles.ts";

type Mood = "well" | "refuses" | "hangs" | "stops after the stylesheet" | "dead";

/** An edge of a CDN, as well or unwell as the test says. */
class Edge {
    /** Whom it asks for what it does not have. */
    origin = "";
    readonly asked: string[] = [];
    private mood: Mood = "well";
    private readonly server: Server = createServer((request, response) => void this.answer(request, response));
    private port = 0;

    get address(): string {
        return `http://127.0.0.1:${this.port}`;
    }

    async open(): Promise<void> {
        await new Promise<void>((resolve) => this.server.listen(this.port, "127.0.0.1", resolve));
        this.port = (this.server.address() as AddressInfo).port;
    }

    async close(): Promise<void> {
        if (!this.server.listening) return;
        const closed = new Promise((resolve) => this.server.close(resolve));
        this.server.closeAllConnections();
        await closed;
    }

    async become(mood: Mood): Promise<void> {
        this.asked.length = 0;
        this.mood = mood;
        if (mood === "dead") await this.close();
        else if (!this.server.listening) await this.open();
    }

    private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
        const path = request.url ?? "/";
        this.asked.push(path);
        if (this.mood === "hangs" || (this.mood === "stops after the stylesheet" && !path.endsWith(".css"))) return;
        if (this.mood === "refuses") {
            response.writeHead(503, { "retry-after": "1", "access-control-allow-origin": "*" }).end("No origin.\n");
            return;
        }
        const found = await fetch(`${this.origin}${path}`);
        const kept = ["content-type", "cache-control", "access-control-allow-origin"].flatMap((name) => {
            const value = found.headers.get(name);
            return value ? [[name, value] as const] : [];
        });
        response.writeHead(found.status, Object.fromEntries(kept)).end(Buffer.from(await found.arrayBuffer()));
    }
}

interface Shop {
    toast: Toast;
    edge: Edge;
}

const test = base.extend<object, { shop: Shop }>({
    shop: [
        async ({ house }, use, worker) => {
            const edge = new Edge();
            await edge.open();
            const name = `cdn-${worker.project.name}-${worker.workerIndex}`;
            const toast = await Toast.prepare(house.database, name, { TOAST_CDN_URL: edge.address });
            edge.origin = toast.address;
            try {
                await toast.start();
                await use({ toast, edge });
            } finally {
                await toast.stop();
                await edge.close();
            }
        },
        { scope: "worker", timeout: 300_000 },
    ],
    baseURL: async ({ shop }, use) => use(shop.toast.address),
});

/** The stylesheet gives the body its column; without it a body is a block. */
async function expectStyled(page: Page): Promise<void> {
    await page.waitForFunction(() => document.body && getComputedStyle(document.body).display === "flex");
}

async function expectPictures(page: Page): Promise<void> {
    const first = page.locator("main img").first();
    await first.scrollIntoViewIfNeeded();
    await expect.poll(() => first.evaluate((picture: HTMLImageElement) => picture.naturalWidth)).toBeGreaterThan(0);
}

/** Opens the menu and uses its islands. How many seconds it was styled and awake after is told in the report, and not tested. */
async function useMenu(page: Page): Promise<void> {
    const begun = performance.now();
    const seconds = (): number => (performance.now() - begun) / 1000;
    await page.goto(`/restaurants/${LUIGI}`, { waitUntil: "commit" });
    await expectStyled(page);
    const styled = seconds();
    await expect(page.locator("html[data-awake]")).toBeAttached();
    const awake = seconds();
    const guest = new Guest(page, LUIGI);
    await guest.add("Cola");
    await guest.expectCount(1);
    test.info().annotations.push({ type: "seconds", description: `styled ${styled.toFixed(2)}, awake ${awake.toFixed(2)}` });
}

test("styles, scripts and pictures come from the edge while it is well", async ({ page, shop }) => {
    await shop.edge.become("well");
    const fromOrigin: string[] = [];
    page.on("request", (request) => {
        const kind = request.resourceType();
        if (request.url().startsWith(shop.toast.address) && kind !== "document") fromOrigin.push(new URL(request.url()).pathname);
    });
    await useMenu(page);
    await page.goto("/");
    await expectPictures(page);
    expect(shop.edge.asked.filter((path) => path.endsWith(".css"))).not.toEqual([]);
    expect(shop.edge.asked.filter((path) => path.endsWith(".wasm"))).not.toEqual([]);
    // What watches over the edge must not come from it.
    expect(fromOrigin.filter((path) => /^\/wake\.[0-9a-f]+\.js$/.test(path))).not.toEqual([]);
    expect(fromOrigin.filter((path) => path.startsWith("/pkg/") || path.startsWith("/pictures/"))).toEqual([]);
});

const moods: Mood[] = ["dead", "refuses", "hangs", "stops after the stylesheet"];

for (const mood of moods) {
    test(`a page is whole when the edge ${mood === "dead" ? "is dead" : mood}`, async ({ page, shop, troubles }) => {
        troubles.allow(lostConnection, refusals(503), /answer 503: /);
        await shop.edge.become(mood);
        await useMenu(page);
        await page.goto("/", { waitUntil: "commit" });
        await expectStyled(page);
        await expectPictures(page);
    });
}

test("an edge that hangs is waited for once, not on each page", async ({ page, shop, troubles }) => {
    troubles.allow(lostConnection);
    await shop.edge.become("hangs");
    await useMenu(page);
    // The clock stands still from here on, so that no patience ever runs out.
    await page.clock.install();
    await page.clock.pauseAt(Date.now() + 1_000);
    await page.goto("/", { waitUntil: "commit" });
    await expectStyled(page);
});

test("an edge that is well again is used again", async ({ newPerson, shop, troubles }) => {
    const forget = troubles.allow(lostConnection);
    await shop.edge.become("dead");
    await useMenu(await newPerson());
    forget();
    await shop.edge.become("well");
    const page = await newPerson();
    await useMenu(page);
    expect(shop.edge.asked.some((path) => path.endsWith(".wasm"))).toBe(true);
});
