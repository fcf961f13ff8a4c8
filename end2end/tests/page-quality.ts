// Checks of every page state: accessibility, width, and with LOOKS=1 a screenshot.

import AxeBuilder from "@axe-core/playwright";
import { type Page, expect, test } from "@playwright/test";

const STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
/** Beyond WCAG: one main landmark, everything inside of landmarks, headings in order. */
const STRUCTURE = [
    "heading-order",
    "landmark-banner-is-top-level",
    "landmark-contentinfo-is-top-level",
    "landmark-main-is-top-level",
    "landmark-no-duplicate-banner",
    "landmark-no-duplicate-contentinfo",
    "landmark-no-duplicate-main",
    "landmark-one-main",
    "landmark-unique",
    "page-has-heading-one",
    "region",
    "skip-link",
    "tabindex",
];

/** Rules with another result in another colour scheme. */
export const COLOURS = ["color-contrast", "link-in-text-block"];
/** Rules with another result at another width. */
export const WIDTH = ["target-size"];

/** Checks a page in its current state, by all rules or by some; its screenshot gets the state's name. */
export async function expectGoodPage(page: Page, state: string, rules?: readonly string[]): Promise<void> {
    await test.step(`page quality: ${state}`, async () => {
        await keepPicture(page, state);
        await expectAccessible(page, rules);
        await expectNoSidewaysScroll(page);
    });
}

export async function expectAccessible(page: Page, rules?: readonly string[]): Promise<void> {
    if (await runsScripts(page)) return expectNoViolations(page, rules);
    const copy = await copyOf(page);
    try {
        await expectNoViolations(copy, rules);
    } finally {
        await copy.context().close();
    }
}

async function expectNoViolations(page: Page, rules?: readonly string[]): Promise<void> {
    const axe = new AxeBuilder({ page }).setLegacyMode();
    if (rules) axe.withRules([...rules]);
    else axe.options({ runOnly: { type: "tag", values: STANDARDS }, rules: Object.fromEntries(STRUCTURE.map((rule) => [rule, { enabled: true }])) });
    const { violations } = await axe.analyze();
    const told = violations.flatMap((violation) =>
        violation.nodes.map((node) => `${violation.id}: ${node.target.join(" ")}\n    ${node.failureSummary ?? ""}\n    ${node.html}`),
    );
    expect.soft(told.join("\n"), "no violations found by axe").toBe("");
}

/** Where scripts are off, a parser sees elements in `<noscript>`. */
async function runsScripts(page: Page): Promise<boolean> {
    return page.evaluate(() => {
        const probe = document.createElement("div");
        probe.innerHTML = "<noscript><p></p></noscript>";
        return probe.querySelector("p") === null;
    });
}

/** axe needs scripts: a page without them is checked as a copy, in a context that runs axe and no script of the page. */
async function copyOf(page: Page): Promise<Page> {
    const browser = page.context().browser();
    if (!browser) throw new Error("The page has no browser.");
    const context = await browser.newContext({ viewport: page.viewportSize(), reducedMotion: "reduce" });
    const copy = await context.newPage();
    const html = (await page.content()).replaceAll(/<noscript><meta http-equiv="refresh"[^>]*><\/noscript>/g, "").replaceAll(/<(\/?)noscript>/g, "<$1div>");
    await copy.route(/\.js$/, (route) => route.abort());
    await copy.route(page.url(), (route) => route.fulfill({ contentType: "text/html; charset=utf-8", body: html }));
    await copy.goto(page.url());
    return copy;
}

export async function expectNoSidewaysScroll(page: Page): Promise<void> {
    const { content, screen } = await page.evaluate(() => ({
        content: document.documentElement.scrollWidth,
        screen: document.documentElement.clientWidth,
    }));
    expect.soft(content, "no horizontal scrolling").toBeLessThanOrEqual(screen);
}

/** A screenshot for people to look at, which no test compares; only where the variable LOOKS is set. */
export async function keepPicture(page: Page, state: string): Promise<void> {
    if (!process.env["LOOKS"]) return;
    const name = `${test.info().project.name}-${state.replaceAll(/[^a-z0-9]+/g, "-")}.png`;
    const fullPage = (await page.locator("dialog[open]").count()) === 0;
    // Full-page screenshots start at the top, otherwise fixed elements are in the middle.
    if (fullPage) await page.evaluate(() => window.scrollTo(0, 0));
    await page.screenshot({ path: `test-results/looks/${name}`, fullPage, animations: "disabled" });
}
