// Passkeys with an authenticator of the browser: an account without a password, from registering to removing the passkey.

import type { CDPSession, Page } from "@playwright/test";
import { expect, test } from "./fixtures.ts";
import { refusals } from "./page-errors.ts";
import { expectGoodPage } from "./page-quality.ts";

const PASSWORD = "seven wet pretzels";

/** An authenticator like that of a phone, which agrees to all requests while its user is verified. */
class Authenticator {
    private constructor(
        private readonly session: CDPSession,
        private readonly authenticatorId: string,
    ) {}

    static async of(page: Page): Promise<Authenticator> {
        const session = await page.context().newCDPSession(page);
        await session.send("WebAuthn.enable");
        const { authenticatorId } = await session.send("WebAuthn.addVirtualAuthenticator", {
            options: {
                protocol: "ctap2",
                transport: "internal",
                hasResidentKey: true,
                hasUserVerification: true,
                isUserVerified: true,
                automaticPresenceSimulation: false,
            },
        });
        return new Authenticator(session, authenticatorId);
    }

    /** Does something while the person is at the device: requests before and after are not answered. */
    async during(action: () => Promise<void>): Promise<void> {
        const present = (enabled: boolean) =>
            this.session.send("WebAuthn.setAutomaticPresenceSimulation", { authenticatorId: this.authenticatorId, enabled });
        await present(true);
        await action();
        await present(false);
    }

    async verifiesUser(isUserVerified: boolean): Promise<void> {
        await this.session.send("WebAuthn.setUserVerified", { authenticatorId: this.authenticatorId, isUserVerified });
    }
}

const signInButton = (page: Page) => page.getByRole("button", { name: "Sign in with a passkey" });

async function signOut(page: Page): Promise<void> {
    await page.goto("/account");
    await page.getByRole("button", { name: "Sign out", exact: true }).first().click();
    await expect(page.getByRole("heading", { level: 1, name: "Sign in" })).toBeVisible();
}

async function signInWithPasskey(page: Page, authenticator: Authenticator): Promise<void> {
    await authenticator.during(async () => {
        await signInButton(page).click();
        await expect(page.getByRole("heading", { level: 1, name: "Your restaurants" })).toBeVisible();
    });
}

test("an owner opens an account with a passkey, signs in with it and keeps it in order", async ({ page, env, pageErrors }) => {
    const email = `pia.${test.info().project.name}-${test.info().retry}@pizzeria.example`;
    const authenticator = await Authenticator.of(page);

    await test.step("registers without a password", async () => {
        await page.goto("/register");
        const register = page.getByRole("button", { name: "Use a passkey instead of a password" });
        await expect(register).toBeVisible();
        await expectGoodPage(page, "register with a passkey");
        await page.getByLabel("Your name").fill("Pia");
        await page.getByLabel("E-mail").fill("pia@");
        await register.click();
        // The browser's own check of the field.
        await expect(page).toHaveURL(/\/register$/);
        await page.getByLabel("E-mail").fill(email);
        await authenticator.during(async () => {
            await register.click();
            await expect(page.getByText(`We sent a mail to ${email}`)).toBeVisible();
        });
        await page.goto(await env.mailbox.linkTo(email, /Confirm your address/));
        await page.getByRole("button", { name: "Confirm and sign in" }).click();
        await expect(page.getByRole("heading", { level: 1, name: "Your restaurants" })).toBeVisible();
    });

    await test.step("signs out, and in with the passkey", async () => {
        await signOut(page);
        await expect(signInButton(page)).toBeVisible();
        await expectGoodPage(page, "sign in with a passkey");
        await signInWithPasskey(page, authenticator);
    });

    await test.step("is told why it did not work", async () => {
        await signOut(page);
        await authenticator.verifiesUser(false);
        await authenticator.during(async () => {
            await signInButton(page).click();
            await expect(page.getByRole("alert")).toHaveText(/No passkey was used/);
        });
        await expectGoodPage(page, "sign in after a refusal");
        await authenticator.verifiesUser(true);
        await signInWithPasskey(page, authenticator);
    });

    await test.step("sees it in the list, and cannot remove it", async () => {
        await page.goto("/account");
        await expect(page.getByText("last used just now")).toBeVisible();
        await expectGoodPage(page, "account with a passkey");
        await page.getByRole("link", { name: /^Rename or remove/ }).click();
        await page.getByLabel("Name of the passkey").fill("Pia's phone");
        await page.getByRole("button", { name: "Save the name" }).click();
        await expect(page.getByRole("status")).toHaveText("The name of the passkey is saved.");
        await page.getByRole("link", { name: "Rename or remove Pia's phone" }).click();
        await expect(page.getByText("your only way to sign in")).toBeVisible();
        await expectGoodPage(page, "the only passkey");
    });

    await test.step("sets a password with it", async () => {
        await page.goto("/account");
        const done = page.getByRole("status").filter({ hasText: "Your password is changed" });
        await page.getByLabel("New password").fill(PASSWORD);
        await authenticator.during(async () => {
            await page.getByRole("button", { name: "Set the password with a passkey" }).click();
            await expect(done).toBeVisible();
        });
        await expectGoodPage(page, "account with password and passkey");
        // The same device cannot be added twice.
        await page.getByLabel("Name of a new passkey").fill("Again");
        await authenticator.during(async () => {
            await page.getByRole("button", { name: "Add one with a passkey you have" }).click();
            await expect(page.getByText("This device has a passkey of your account already.")).toBeVisible();
        });
    });

    await test.step("removes it with the password", async () => {
        await page.getByRole("link", { name: /^Rename or remove/ }).click();
        await expectGoodPage(page, "a passkey");
        await page.getByLabel("Your password").fill(PASSWORD);
        await page.getByRole("button", { name: "Remove the passkey" }).click();
        await expect(page.getByRole("status")).toHaveText(/The passkey is removed/);
        await env.mailbox.mailTo(email, /A passkey was removed/);
        await signOut(page);
        pageErrors.allow(refusals(422));
        await authenticator.during(async () => {
            await signInButton(page).click();
            await expect(page.getByRole("alert").first()).toContainText("belongs to no account here");
        });
        await page.getByLabel("E-mail").fill(email);
        await page.getByLabel("Password").fill(PASSWORD);
        await page.getByRole("button", { name: "Sign in", exact: true }).click();
        await expect(page.getByRole("heading", { level: 1, name: "Your restaurants" })).toBeVisible();
    });
});

test("without scripts the page says what passkeys need, and the password works", async ({ newBrowserContext, env }) => {
    const page = await newBrowserContext({ javaScriptEnabled: false });
    // Text in `noscript` is not found by its words.
    const needsScripts = page.locator("[data-passkeys] noscript p");
    await page.goto("/sign-in");
    await expect(needsScripts).toBeVisible();
    await expect(page.getByRole("button", { name: /passkey/ })).toHaveCount(0);
    await expectGoodPage(page, "sign in without scripts");
    await page.getByLabel("E-mail").fill(env.owner.email);
    await page.getByLabel("Password").fill(env.owner.password);
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    await page.goto("/account");
    await expect(needsScripts).toBeVisible();
});

test("at another address than the public one the page says where passkeys work", async ({ page, env }) => {
    const { port } = new URL(env.toast.address);
    await page.goto(`http://127.0.0.1:${port}/sign-in`);
    await expect(page.getByText(`Passkeys of this site work at ${env.toast.address} only.`)).toBeVisible();
    await expect(signInButton(page)).toBeHidden();
});
