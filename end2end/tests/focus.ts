// The focus of the keyboard: where it goes, and whether people see it.

import { type Locator, type Page, expect, test as base } from "@playwright/test";

/** Presses Tab until the element has the focus, and checks it. */
export async function tabTo(page: Page, target: Locator, most = 150): Promise<void> {
    await base.step(`Tab to ${target}`, async () => {
        for (let presses = 0; presses <= most; presses += 1) {
            if (await hasFocus(target)) return expectSeenFocus(page, target);
            await page.keyboard.press("Tab");
        }
        throw new Error(`${most} times Tab do not lead to ${target}`);
    });
}

async function hasFocus(target: Locator): Promise<boolean> {
    return target.evaluateAll((found) => document.activeElement !== null && found.includes(document.activeElement as HTMLElement));
}

/** Expects that the focused element, or its label, is marked, on the screen, and not covered. */
async function expectSeenFocus(page: Page, target: Locator): Promise<void> {
    const { marked, covered } = await focused(page);
    expect({ marked, covered }, `${target} is marked and not covered`).toEqual({ marked: true, covered: "" });
}

interface Focused {
    /** Counts the elements that had the focus on this page; the same element keeps its number. Empty for none. */
    id: string;
    /** The beginning of its HTML. */
    html: string;
    marked: boolean;
    /** The element that covers it; empty for none. */
    covered: string;
    isInMain: boolean;
    /** Pixels from the edges of the document. */
    top: number;
    bottom: number;
    left: number;
}

/** The element that has the focus; it or its label is marked where people see which one it is. */
async function focused(page: Page): Promise<Focused> {
    return page.evaluate(() => {
        const focused = document.activeElement;
        if (!focused || focused === document.body) {
            return { id: "", html: "", marked: false, covered: "nothing has the focus", isInMain: false, top: 0, bottom: 0, left: 0 };
        }
        const known = document.querySelectorAll("[data-focused]").length;
        const id = focused.getAttribute("data-focused") ?? String(known);
        focused.setAttribute("data-focused", id);
        const marks = (element: Element): boolean => {
            const style = getComputedStyle(element);
            return (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2) || style.boxShadow !== "none";
        };
        const around = [focused, focused.closest("label"), focused.closest("li")].filter((element) => element !== null);
        const box = (focused.closest("label") ?? focused).getBoundingClientRect();
        const middle = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
        const related = middle && around.some((element) => element.contains(middle) || middle.contains(element));
        return {
            id,
            html: focused.outerHTML.slice(0, 160),
            marked: around.some(marks),
            covered: related ? "" : `${middle?.outerHTML.slice(0, 200)} over ${focused.outerHTML.slice(0, 200)}`,
            isInMain: focused.closest("main") !== null,
            top: box.top + scrollY,
            bottom: box.bottom + scrollY,
            left: box.left,
        };
    });
}

/**
 * Presses Tab through a page that was just opened, and expects that the focus goes down the page, reading each row from the left, is
 * always seen, and leaves the page at its end.
 */
export async function tabThrough(page: Page, most = 600): Promise<void> {
    await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
    let before: Focused | undefined;
    const seen = new Set<string>();
    for (let presses = 0; presses < most; presses += 1) {
        await page.keyboard.press("Tab");
        const now = await focused(page);
        if (now.id === "" || (now.id === "0" && seen.size > 1)) return;
        // Dates and times have several parts.
        if (now.id === before?.id) continue;
        expect.soft({ marked: now.marked, covered: now.covered }, `${now.html} is marked and not covered`).toEqual({ marked: true, covered: "" });
        expect.soft(seen.has(now.id), `${now.html} has the focus twice`).toBe(false);
        seen.add(now.id);
        if (before?.isInMain && now.isInMain) {
            const isBelow = now.top >= before.bottom - 1;
            const isInRow = now.bottom > before.top && now.left > before.left;
            // A field may be lower than the one next to it, whose hint is shorter.
            expect.soft(isBelow || isInRow || now.top > before.top, `${now.html} follows ${before.html}`).toBe(true);
        }
        before = now;
    }
    throw new Error(`${most} times Tab do not leave the page.`);
}
