// Amounts: the server's format equals that of Intl in Node and in the browser, so that a price computed by an island
// looks like the one it replaces.

import { readFileSync } from "node:fs";
import { AKARI, LUIGI, MURJAN } from "./demo.ts";
import { expect, test } from "./fixtures.ts";
import { Guest } from "./guest.ts";

interface Sample {
    tag: string;
    currency: string;
    minor: number;
    places: number;
    written: string;
}

/** Samples for more than forty locales, which the server's tests compare, too. */
const samples: Sample[] = readFileSync(new URL("../../app/src/domain/money/intl.tsv", import.meta.url), "utf8")
    .split("\n")
    .filter((row) => row !== "" && !row.startsWith("#"))
    .map((row) => {
        const [tag = "", currency = "", minor = "", places = "", written = ""] = row.split("\t");
        return { tag, currency, minor: Number(minor), places: Number(places), written };
    });
const exponents: Record<string, number> = { BHD: 3, IQD: 3, JOD: 3, KWD: 3, OMR: 3, TND: 3, JPY: 0, KRW: 0, VND: 0 };

function differing({ all, exponent }: { all: Sample[]; exponent: Record<string, number> }): string[] {
    return all.flatMap(({ tag, currency, minor, places, written }) => {
        const options = { style: "currency", currency, minimumFractionDigits: places, maximumFractionDigits: places };
        const own = new Intl.NumberFormat([tag, "en"], options as Intl.NumberFormatOptions).format(minor / 10 ** (exponent[currency] ?? 2));
        return own === written ? [] : [`${tag} ${currency} ${minor}: ${own} instead of ${written}`];
    });
}

test("Intl formats amounts like the server", async ({ page }) => {
    expect(new Set(samples.map((sample) => sample.tag)).size).toBeGreaterThanOrEqual(40);
    expect(differing({ all: samples, exponent: exponents })).toEqual([]);
    await page.goto("/");
    expect(await page.evaluate(differing, { all: samples, exponent: exponents })).toEqual([]);
});

for (const [slug, dish] of [
    [LUIGI, "Tiramisu"],
    [MURJAN, undefined],
    [AKARI, undefined],
] as const) {
    test(`the running price of ${slug} is formatted like the menu`, async ({ page }) => {
        const guest = new Guest(page, slug);
        await guest.openMenu();
        const row = page.locator("[data-dish]:has([data-add-simple])").first();
        const name = dish ?? (await row.locator("[data-open-dish]").innerText());
        const form = await guest.openDish(name);
        const button = form.locator("[data-live-price]");
        await expect(button).not.toBeEmpty();
        const running = (await button.textContent()) ?? "";
        const written = (await guest.dish(name).textContent()) ?? "";
        expect(written).toContain(running.replace(/^[\s·]+/, ""));
    });
}
