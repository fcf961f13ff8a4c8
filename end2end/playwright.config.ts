// Playwright configuration: two screen sizes, Chromium, two tests at a time.

import { existsSync } from "node:fs";
import { defineConfig } from "@playwright/test";

const find = (...names: string[]): string | undefined => names.map((name) => `/usr/bin/${name}`).find(existsSync);
export const wholeBrowser = find("chromium", "chromium-browser", "google-chrome");
const installed = find("chromium-headless-shell") ?? wholeBrowser;

export default defineConfig({
    testDir: "tests",
    outputDir: "test-results",
    // A test waits for timers, mails and the other side for much of its time. Each worker has its own server and database.
    workers: 2,
    // A test that passes on retry is reported as flaky; one that fails twice fails the run.
    retries: 1,
    forbidOnly: Boolean(process.env["CI"]),
    // Timeouts are for hanging tests, not for slow ones: more than ten times the duration of the slowest.
    timeout: 600_000,
    expect: { timeout: 30_000 },
    reporter: process.env["PLAYWRIGHT_JSON_OUTPUT_NAME"] ? [["list"], ["json"]] : [["list"]],
    use: {
        actionTimeout: 30_000,
        navigationTimeout: 60_000,
        locale: "en-GB",
        timezoneId: "Europe/Berlin",
        colorScheme: "light",
        // No animation in screenshots; the alarm's test turns motion on.
        contextOptions: { reducedMotion: "reduce" },
        screenshot: "only-on-failure",
        launchOptions: {
            ...(installed ? { executablePath: installed } : {}),
            args: [
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
            ],
        },
    },
    projects: [
        { name: "phone", use: { viewport: { width: 375, height: 812 }, hasTouch: true, isMobile: true, deviceScaleFactor: 1 } },
        { name: "desktop", use: { viewport: { width: 1280, height: 800 } } },
    ],
});
