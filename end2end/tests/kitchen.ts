// Page object of staff: orders board and menu editor.

import { type Locator, type Page, expect } from "@playwright/test";
import type { SignIn } from "./demo.ts";

export type Column = "New" | "Preparing" | "Ready" | "Done";

export class Kitchen {
    constructor(
        readonly page: Page,
        readonly slug: string,
    ) {}

    /** Opens a restaurant's board by the sign-in page. */
    static async open(page: Page, who: SignIn, slug: string): Promise<Kitchen> {
        const kitchen = new Kitchen(page, slug);
        await page.goto(`/dashboard/${slug}/orders`);
        await expect(page.getByRole("heading", { level: 1, name: "Sign in" })).toBeVisible();
        await signIn(page, who);
        await page.waitForURL(`**/dashboard/${slug}/orders`);
        return kitchen;
    }

    /** Waits until the board is live. */
    async expectAlive(): Promise<void> {
        await expect(this.page.locator('[data-alive="true"]')).toBeAttached();
        await expect(this.strip()).toHaveAttribute("data-freshness", "live");
    }

    /** The board's connection status. */
    strip(): Locator {
        return this.page.locator("[data-freshness]");
    }

    /** A phone shows one column at a time. */
    async show(column: Column): Promise<void> {
        const tabs = this.page.getByRole("navigation", { name: "Columns" });
        if (await tabs.isVisible()) await tabs.getByRole("link", { name: column }).click();
    }

    column(column: Column): Locator {
        return this.page.locator(`#${column.toLowerCase()}`);
    }

    ticket(number: number): Locator {
        return this.page.locator(`#order-${number}`);
    }

    silence(): Locator {
        return this.page.getByRole("button", { name: "Tap to silence" });
    }

    async accept(number: number, minutes: number): Promise<void> {
        const ticket = this.ticket(number);
        await ticket.locator("form").filter({ hasText: "Accept" }).locator("label").filter({ hasText: new RegExp(`^${minutes}\\b`) }).click();
        await ticket.getByRole("button", { name: /^Accept/ }).click();
    }

    async press(number: number, words: string): Promise<void> {
        await this.ticket(number).getByRole("button", { name: new RegExp(`^${words}`) }).click();
    }

    /** Opens the menu of a ticket's other transitions. */
    async more(number: number): Promise<Locator> {
        const ticket = this.ticket(number);
        await ticket.locator("summary").click();
        return ticket.locator("details");
    }

    /** Opens the board's pause form. */
    async openPause(): Promise<void> {
        await this.page.locator("summary").filter({ hasText: /^Pause/ }).click();
        await expect(this.page.locator("#pause")).toBeVisible();
    }

    async openMenu(): Promise<void> {
        await this.page.goto(`/dashboard/${this.slug}/menu`);
        await expect(this.page.locator("main h2").first()).toBeVisible();
    }

    /** Opens an item of the menu editor. */
    async openDish(name: string): Promise<Locator> {
        // The form that deletes an item is a `details` inside of its row, and names it, too.
        const row = this.page.locator("details:not(details *)").filter({ has: this.page.locator("summary bdi").getByText(name, { exact: true }) });
        await expect(row).toHaveCount(1);
        if ((await row.getAttribute("open")) === null) await row.locator("summary").first().click();
        return row;
    }
}

export async function signIn(page: Page, who: SignIn): Promise<void> {
    await page.getByLabel("E-mail").fill(who.email);
    await page.getByLabel("Password").fill(who.password);
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
}
