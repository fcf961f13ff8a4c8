// Failures of the CDN: pages are styled, hydrated and usable from the origin.

import { type IncomingMessage, type Server, type ServerResponse, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Page } from "@playwright/test";
import { LUIGI } from "./demo.ts";
import { expect, test as base } from "./fixtures.ts";
import { Guest } from "./guest.ts";
import { Toast } from "./server.ts";
import { lostConnection, refusals } from "./page-errors.ts";

type CdnFailure = "well" | "refuses" | "hangs" | "stops after the stylesheet" | "dead";

/** An edge of a CDN with the failure that the test sets. */
class Edge {
    /** Address of the origin. */
    origin = "";
    readonly asked: string[] = [];
    private failure: CdnFailure = "well";
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

    async become(failure: CdnFailure): Promise<void> {
        this.asked.length = 0;
        this.failure = failure;
        if (failure === "dead") await this.close();
        else if (!this.server.listening) await this.open();
    }

    private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
        const path = request.url ?? "/";
        this.asked.push(path);
        if (this.failure === "hangs" || (this.failure === "stops after the stylesheet" && !path.endsWith(".css"))) return;
        if (this.failure === "refuses") {
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
        async ({ env }, use, worker) => {
            const edge = new Edge();
            await edge.open();
            const name = `cdn-${worker.project.name}-${worker.workerIndex}`;
            const toast = await Toast.prepare(env.database, name, { TOAST_CDN_URL: edge.address });
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

/** The stylesheet makes the body a flex container. */
async function expectStyled(page: Page): Promise<void> {
    await page.waitForFunction(() => document.body && getComputedStyle(document.body).display === "flex");
}

async function expectPictures(page: Page): Promise<void> {
    const first = page.locator("main img").first();
    await first.scrollIntoViewIfNeeded();
    await expect.poll(() => first.evaluate((picture: HTMLImageElement) => picture.naturalWidth)).toBeGreaterThan(0);
}

/** Opens the menu and uses its islands. The seconds until styled and hydrated are reported, not tested. */
async function useMenu(page: Page): Promise<void> {
    const begun = performance.now();
    const seconds = (): number => (performance.now() - begun) / 1000;
    await page.goto(`/restaurants/${LUIGI}`, { waitUntil: "commit" });
    await expectStyled(page);
    const styled = seconds();
    await expect(page.locator("html[data-hydrated]")).toBeAttached();
    const hydrated = seconds();
    const guest = new Guest(page, LUIGI);
    await guest.add("Cola");
    await guest.expectCount(1);
    test.info().annotations.push({ type: "seconds", description: `styled ${styled.toFixed(2)}, hydrated ${hydrated.toFixed(2)}` });
}

test("styles, scripts and pictures come from the edge while it works", async ({ page, shop }) => {
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
    // The script that detects failures of the edge must not come from it, nor the one that "Add" needs.
    const own = [/^\/boot\.[0-9a-f]+\.js$/, /^\/pkg\/guest\.[0-9a-f]+\.js$/];
    for (const script of own) expect(fromOrigin.filter((path) => script.test(path))).not.toEqual([]);
    const others = fromOrigin.filter((path) => !own.some((script) => script.test(path)));
    expect(others.filter((path) => path.startsWith("/pkg/") || path.startsWith("/pictures/"))).toEqual([]);
});

const failures: CdnFailure[] = ["dead", "refuses", "hangs", "stops after the stylesheet"];

for (const failure of failures) {
    test(`a page is complete when the edge ${failure === "dead" ? "is dead" : failure}`, async ({ page, shop, pageErrors }) => {
        pageErrors.allow(lostConnection, refusals(503), /answer 503: /);
        await shop.edge.become(failure);
        await useMenu(page);
        await page.goto("/", { waitUntil: "commit" });
        await expectStyled(page);
        await expectPictures(page);
    });
}

test("the timeout of a hanging edge applies once, not on each page", async ({ page, shop, pageErrors }) => {
    pageErrors.allow(lostConnection);
    await shop.edge.become("hangs");
    await useMenu(page);
    // The clock is stopped, so that no timeout expires.
    await page.clock.install();
    await page.clock.pauseAt(Date.now() + 1_000);
    await page.goto("/", { waitUntil: "commit" });
    await expectStyled(page);
});

test("an edge that has recovered is used again", async ({ newBrowserContext, shop, pageErrors }) => {
    const forget = pageErrors.allow(lostConnection);
    await shop.edge.become("dead");
    await useMenu(await newBrowserContext());
    forget();
    await shop.edge.become("well");
    const page = await newBrowserContext();
    await useMenu(page);
    expect(shop.edge.asked.some((path) => path.endsWith(".wasm"))).toBe(true);
});
