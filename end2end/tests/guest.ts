// Page object of a guest, with and without scripts.

import { type Locator, type Page, expect } from "@playwright/test";

export interface Contact {
    name: string;
    phone?: string;
    email?: string;
}

export class Guest {
    constructor(
        readonly page: Page,
        readonly slug: string,
        private readonly scripts = true,
    ) {}

    /** Waits for hydration in tests with scripts, since forms work before it, too. */
    async hydrated(): Promise<void> {
        if (this.scripts) await expect(this.page.locator("html[data-hydrated]")).toBeAttached();
    }

    async openMenu(): Promise<void> {
        await this.page.goto(`/restaurants/${this.slug}`);
        await this.hydrated();
        await expect(this.page.getByRole("navigation", { name: "Sections of the menu" })).toBeVisible();
    }

    /** An item's row of the menu. */
    dish(name: string): Locator {
        return this.page.locator("[data-dish]").filter({ has: this.page.getByRole("link", { name, exact: true }) });
    }

    /** Adds one of an item that needs no choices. */
    async add(name: string): Promise<void> {
        await this.dish(name).getByRole("button", { name: `Add ${name}` }).click();
    }

    /** Opens an item: as dialog with scripts, as page without. */
    async openDish(name: string): Promise<Locator> {
        await this.dish(name).getByRole("link", { name, exact: true }).click();
        const form = this.page.locator("form[data-options]");
        await expect(form).toBeVisible();
        return form;
    }

    async openCart(): Promise<void> {
        await this.page.goto(`/restaurants/${this.slug}/cart`);
        await this.hydrated();
        await expect(this.page.getByRole("heading", { level: 1, name: "Your order" })).toBeVisible();
    }

    /** A line of the cart by its item, on the cart page or the menu page. */
    line(name: string): Locator {
        return this.page.locator('#cart li[id^="line-"]').filter({ has: this.page.getByRole("heading", { name, exact: true }) });
    }

    /** Expects the total quantity of the cart. */
    async expectCount(count: number): Promise<void> {
        await expect(this.page.locator("#cart")).toHaveAttribute("data-count", String(count));
    }

    async openCheckout(): Promise<void> {
        await this.page.goto(`/restaurants/${this.slug}/checkout`);
        await this.hydrated();
        await expect(this.page.getByRole("heading", { level: 1, name: "Checkout" })).toBeVisible();
    }

    /** Updates the total: automatic with scripts, by a button without. */
    async settle(): Promise<void> {
        const update = this.page.getByRole("button", { name: "Update the total" });
        if (!this.scripts) await update.click();
    }

    async chooseMode(mode: "Pickup" | "Delivery" | "Dine in"): Promise<void> {
        await this.page.locator("#checkout").getByRole("radio", { name: new RegExp(`^${mode}`) }).check();
    }

    async introduce(contact: Contact): Promise<void> {
        await this.page.getByLabel("Name", { exact: true }).fill(contact.name);
        await this.page.getByLabel("Phone").fill(contact.phone ?? "");
        await this.page.getByLabel("or e-mail").fill(contact.email ?? "");
    }

    /** A choice whose input is hidden; users tap its label. */
    async chooseChip(words: string | RegExp): Promise<void> {
        await this.page.locator("label").filter({ hasText: words }).click();
    }

    placeButton(): Locator {
        return this.page.getByRole("button", { name: /^Place order/ });
    }

    async placeOrder(): Promise<PlacedOrder> {
        await this.placeButton().click();
        return this.arriveAtOrder();
    }

    async arriveAtOrder(): Promise<PlacedOrder> {
        await this.page.waitForURL(/\/orders\/[^/]+$/);
        const number = await this.page.locator("#order strong").innerText();
        return { number: Number(number.trim()), address: new URL(this.page.url()).pathname };
    }

    /** The order's status as a sentence. */
    headline(): Locator {
        return this.page.getByRole("heading", { level: 1 });
    }
}

export interface PlacedOrder {
    number: number;
    address: string;
}

/** A guest with one item in the cart, at the checkout. */
export async function atCheckout(page: Page, slug: string, dish: string, count = 1, scripts = true): Promise<Guest> {
    const guest = new Guest(page, slug, scripts);
    const item = await itemOf(page, slug, dish);
    const form = { action: "add", item: item.id, quantity: String(count) };
    await page.request.post(`/restaurants/${slug}/cart`, { form });
    await guest.openCheckout();
    return guest;
}

interface MenuItem {
    id: string;
    name: string;
    variants: { id: string; name: string; price: { minor: number; currency: string } }[];
    groups: { group: string; min: number; max: number }[];
}

export interface MenuDocument {
    sections: { id: string; name: string; items: MenuItem[] }[];
    groups: { id: string; name: string; modifiers: { id: string; name: string }[] }[];
}

/** The menu by the API. */
export async function menuOf(page: Page, slug: string): Promise<MenuDocument> {
    const answer = await page.request.get(`/api/v1/restaurants/${slug}/menu`);
    expect(answer.status()).toBe(200);
    return (await answer.json()) as MenuDocument;
}

export async function itemOf(page: Page, slug: string, name: string): Promise<MenuItem> {
    const menu = await menuOf(page, slug);
    const item = menu.sections.flatMap((section) => section.items).find((one) => one.name === name);
    if (!item) throw new Error(`${slug} has no dish named ${name}`);
    return item;
}
