// Where the journeys run: two sizes of screen, one real browser, one test at a time.

import { existsSync } from "node:fs";
import { defineConfig } from "@playwright/test";

const installed = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(existsSync);

export default defineConfig({
    testDir: "tests",
    outputDir: "test-results",
    // Two cores carry the browser, the server and the database: more than one test at a time would only measure the wait.
    workers: 1,
    // What fails once and then passes is reported by name as flaky; what fails twice fails the check.
    retries: 1,
    forbidOnly: Boolean(process.env["CI"]),
    // Limits are for what hangs, not for what is slow: ten times as long as the slowest takes here, and more.
    timeout: 600_000,
    expect: { timeout: 30_000 },
    reporter: process.env["PLAYWRIGHT_JSON_OUTPUT_NAME"] ? [["list"], ["json"]] : [["list"]],
    use: {
        actionTimeout: 30_000,
        navigationTimeout: 60_000,
        locale: "en-GB",
        timezoneId: "Europe/Berlin",
        colorScheme: "light",
        // Nothing moves while it is looked at; the alarm's journey asks for motion itself.
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
