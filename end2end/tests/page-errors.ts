// Errors of pages: console messages, failed requests, uncaught exceptions, policy violations.

import type { BrowserContext, Page } from "@playwright/test";

export class PageErrors {
    private readonly found: string[] = [];
    private readonly allowed = new Set<RegExp>();

    /** Watches every page that a browser context has and will have. */
    watch(context: BrowserContext): void {
        for (const page of context.pages()) this.watchPage(page);
        context.on("page", (page) => this.watchPage(page));
    }

    /**
     * Expects errors that the test causes: the browser logs a line for
     * each response of 400 and above, and for each lost connection. Returns a function that ends this.
     */
    allow(...patterns: RegExp[]): () => void {
        for (const pattern of patterns) this.allowed.add(pattern);
        return () => {
            for (const pattern of patterns) this.allowed.delete(pattern);
        };
    }

    /** The errors found. */
    all(): readonly string[] {
        return this.found;
    }

    private watchPage(page: Page): void {
        page.on("console", (message) => {
            if (["error", "warning"].includes(message.type())) {
                this.note(page, `console ${message.type()}: ${message.text()} ${message.location().url}`);
            }
        });
        page.on("pageerror", (error) => this.note(page, `uncaught: ${error.message}`));
        page.on("requestfailed", (request) => {
            const reason = request.failure()?.errorText ?? "";
            // Leaving a page aborts its streams and requests.
            if (reason !== "net::ERR_ABORTED") this.note(page, `request failed: ${request.method()} ${request.url()} ${reason}`);
        });
        page.on("response", (response) => {
            if (response.status() >= 500) this.note(page, `answer ${response.status()}: ${response.url()}`);
        });
    }

    private note(page: Page, text: string): void {
        if ([...this.allowed].some((pattern) => pattern.test(text))) return;
        this.found.push(`${text} (on ${page.url()})`);
    }
}

/** The browser's message about a response with one of these statuses. */
export function refusals(...statuses: number[]): RegExp {
    return new RegExp(`responded with a status of (${statuses.join("|")})`);
}

/** The browser's messages while there is no server. */
export const lostConnection =
    /ERR_CONNECTION_(REFUSED|RESET|CLOSED|ABORTED)|ERR_INCOMPLETE_CHUNKED_ENCODING|ERR_EMPTY_RESPONSE|ERR_SOCKET_NOT_CONNECTED|ERR_INTERNET_DISCONNECTED|ERR_FAILED/;
