// Playwright configuration for tests through the ingress of `make regions`, with the same screens and browser.

import path from "node:path";
import { defineConfig } from "@playwright/test";
import ordinary, { wholeBrowser } from "./playwright.config.ts";

const launch = ordinary.use?.launchOptions;

export default defineConfig({
    ...ordinary,
    testDir: "testbed",
    outputDir: "test-results/testbed",
    use: {
        ...ordinary.use,
        launchOptions: {
            ...launch,
            executablePath: path.join(import.meta.dirname, "testbed/browser.sh"),
            env: { ...process.env, TOAST_BROWSER: wholeBrowser ?? "chromium" },
        },
    },
});
