// The pages of settings: what an owner types there, also wrong things, and what is stored.

import { type Locator, type Page, expect } from "@playwright/test";
import type { TestEnv } from "./fixtures.ts";
import { signIn } from "./kitchen.ts";

/** Does not fit in a line of a phone. */
const LONG = "Donaudampfschifffahrtsgesellschaftskapitänsmütze";

export const CHECKED = "checked";
export const TRIED = "tried";

export interface Part {
    /** The last part of the page's address. */
    name: string;
    /** The button that adds an entry to a list that is empty at first. */
    add?: string;
    /** Values by the labels of their fields, in the order of the page; CHECKED for a box, and TRIED for the field that is tried. */
    values: [string, string][];
    /** A value that is refused, the sentence about it, and two values that are taken. */
    tried: { label: string; wrong: string; sentence: string; value: string; other: string };
    /** The first value as it is shown after it was saved, where that is another text. */
    stored?: string;
    /** Fields whose length is limited do not take the wrong value from the keyboard. */
    limit?: number;
}

export const PARTS: Part[] = [
    {
        name: "general",
        values: [
            ["In a few words", `Slow dough, fast oven: ${LONG}`],
            ["Description", "Since 1987,\nby the river."],
            ["Cuisines", "pizza, italian"],
            ["Phone", "030 7654321"],
            ["E-mail", "ciao@pizzeria.example"],
            ["Location on the map", TRIED],
        ],
        tried: {
            label: "Location on the map",
            wrong: "north",
            sentence: "Enter latitude and longitude, such as 52.5403, 13.4127, or a plus code, such as 9F4MGCR7+43.",
            value: "52.54030, 13.41270",
            other: "52.50000, 13.40000",
        },
    },
    {
        name: "hours",
        values: [
            ["from on Monday, span 1", "11:00"],
            ["to on Monday, span 1", TRIED],
            // Past midnight.
            ["from on Friday, span 1", "18:00"],
            ["to on Friday, span 1", "03:00"],
            // Day and month are the same, whatever comes first on the keyboard.
            ["Date", "2031-12-12"],
            ["Reason for guests, such as Christmas", `Christmas: ${LONG}`.slice(0, 60)],
            ["Closed all day", CHECKED],
        ],
        tried: { label: "to on Monday, span 1", wrong: "", sentence: "Monday: enter when you close.", value: "19:30", other: "19:00" },
    },
    {
        name: "service",
        values: [
            ["Minutes from order until ready", TRIED],
            ["Orders for each of these times", "6"],
            ["Guests can choose delivery", CHECKED],
            ["Minutes from order until at the door", "45"],
            ["Guests can choose dine in", CHECKED],
        ],
        tried: { label: "Minutes from order until ready", wrong: "soon", sentence: "Enter whole minutes from 0 to 600.", value: "20", other: "25" },
    },
    {
        name: "delivery",
        add: "Add a zone",
        values: [
            ["Name, as guests see it", LONG.slice(0, 40)],
            ["Postcodes", "10559, 10553"],
            ["Fee in EUR", TRIED],
            ["Free from EUR", "30.00"],
        ],
        tried: { label: "Fee in EUR", wrong: "lots", sentence: "Enter an amount with at most 2 decimals, such as 12.50.", value: "2.50", other: "3.00" },
    },
    {
        name: "charges",
        add: "Add a charge",
        values: [
            ["Name on the bill", LONG.slice(0, 40)],
            ["Pickup", CHECKED],
            ["Amount", TRIED],
            ["Tips in percent", "5, 10, 15"],
        ],
        tried: { label: "Amount", wrong: "a lot", sentence: "Enter an amount with at most 2 decimals, such as 12.50.", value: "0.50", other: "0.80" },
    },
    {
        name: "tables",
        values: [["Tables", TRIED]],
        tried: { label: "Tables", wrong: "4-1", sentence: "“4-1” counts down. Write 1-4.", value: "1-4", other: "Bar" },
        stored: "1\n2\n3\n4",
    },
    {
        name: "tax",
        values: [
            ["Legal name", `${LONG} GmbH`],
            ["Tax number", TRIED],
        ],
        tried: { label: "Tax number", wrong: "9".repeat(33), sentence: "Keep it to 32 characters at most.", value: "DE 123456789", other: "DE 987654321" },
        limit: 32,
    },
    {
        name: "privacy",
        values: [["Days", TRIED]],
        tried: { label: "Days", wrong: "3", sentence: "Enter whole days from 7 to 3650, such as 90.", value: "30", other: "45" },
    },
];

/** A text as a pattern that matches it. */
const escaped = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");

/** Page object of the settings of a restaurant. */
export class Settings {
    constructor(
        readonly page: Page,
        readonly slug: string,
    ) {}

    /** Opens a page, with an entry to fill where its list is empty. */
    async open(part: Part): Promise<void> {
        await this.page.goto(`/dashboard/${this.slug}/settings/${part.name}`);
        if (part.add && (await this.field(part.tried.label).count()) === 0) await this.page.getByRole("button", { name: part.add }).click();
        await expect(this.field(part.tried.label)).toBeVisible();
    }

    /** The first field with a label. */
    field(label: string): Locator {
        return this.page.locator("main").getByLabel(new RegExp(`^${escaped(label)}( \\(optional\\))?$`)).first();
    }

    /** Fills all fields, the one that is tried with a value of its own. */
    async fill(part: Part, tried: string): Promise<void> {
        for (const [label, value] of part.values) {
            const field = this.field(label);
            if (value === CHECKED) await field.check();
            else await field.fill(value === TRIED ? tried : value);
        }
    }

    save(): Locator {
        return this.page.getByRole("button", { name: "Save", exact: true }).last();
    }

    async expectSaved(): Promise<void> {
        await expect(this.page.getByRole("status").filter({ hasText: "Saved" })).toBeVisible();
    }

    /** Expects what was filled in, and a value of the tried field. */
    async expectValues(part: Part, tried: string): Promise<void> {
        for (const [label, value] of part.values) {
            const field = this.field(label);
            if (value === CHECKED) await expect(field).toBeChecked();
            else await expect(field).toHaveValue(value === TRIED ? tried : value);
        }
    }

    /** Expects a rejected form: the sentence next to the field and above the form, where the focus is. */
    async expectRefused({ tried: { label, sentence } }: Part): Promise<void> {
        await expect(this.page).toHaveTitle(/^Problem: /);
        await expect(this.page.getByRole("alert").getByRole("link", { name: sentence }).first()).toBeFocused();
        const field = this.field(label);
        await expect(field).toHaveAttribute("aria-invalid", "true");
        await expect(field).toHaveAccessibleDescription(new RegExp(escaped(sentence)));
        await expect(this.page.locator(`[id="${await field.getAttribute("id")}-problem"]`)).toBeVisible();
    }
}

/** A new restaurant of the owner of all demo restaurants; returns its slug. */
export async function newRestaurant(page: Page, env: TestEnv, name: string): Promise<string> {
    await page.goto("/sign-in?next=/restaurants/new");
    await signIn(page, env.owner);
    await expect(page.getByRole("heading", { level: 1, name: "Open a restaurant" })).toBeVisible();
    return createRestaurant(page, name);
}

/** Fills the page that creates a restaurant. */
export async function createRestaurant(page: Page, name: string): Promise<string> {
    await page.getByLabel("Name of the restaurant").fill(name);
    await page.getByLabel("Address").fill("Turmstraße 5, 10559 Berlin");
    await page.getByLabel("Time zone").selectOption("Europe/Berlin");
    await page.getByLabel("Currency").selectOption("EUR");
    await page.getByLabel("Language of the menu").selectOption("en-GB");
    await page.getByRole("radio", { name: /Pizzeria/ }).check();
    await page.getByRole("button", { name: "Create the restaurant" }).click();
    await page.waitForURL(/\/dashboard\/[^/]+\/setup$/);
    return new URL(page.url()).pathname.split("/")[2] ?? "";
}
