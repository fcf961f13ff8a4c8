// Every page, with content.

import type { Page } from "@playwright/test";
import { AKARI, LUIGI, MURJAN } from "./demo.ts";
import type { TestEnv } from "./fixtures.ts";
import { atCheckout, itemOf } from "./guest.ts";
import { Kitchen } from "./kitchen.ts";

/** Names and addresses, for a guest with something in the cart and an order, and for staff. */
export async function everyPage(page: Page, env: TestEnv): Promise<[string, string][]> {
    const margherita = await itemOf(page, LUIGI, "Margherita");
    const guest = await atCheckout(page, LUIGI, "Cola", 3);
    await guest.introduce({ name: "Screens", phone: "0301234567" });
    const placed = await guest.placeOrder();
    await page.request.post(`/restaurants/${LUIGI}/cart`, {
        form: { action: "add", item: margherita.id, variant: margherita.variants[0]?.id ?? "", quantity: "12", note: "Averyveryverylongwordwithoutanyspacesthatmustwrap".repeat(3) },
    });
    await Kitchen.open(page, env.owner, LUIGI);
    return [
        ["home", "/"],
        ["menu", `/restaurants/${LUIGI}`],
        ["menu arabic", `/restaurants/${MURJAN}`],
        ["menu japanese", `/restaurants/${AKARI}`],
        ["dish", `/restaurants/${LUIGI}/items/${margherita.id}`],
        ["cart", `/restaurants/${LUIGI}/cart`],
        ["checkout", `/restaurants/${LUIGI}/checkout`],
        ["order", placed.address],
        ["sign in", "/sign-in"],
        ["register", "/register"],
        ["mail sent", "/mail-sent"],
        ["forgot", "/forgot"],
        ["dead link", "/confirm/unknown"],
        ["account", "/account"],
        ["dashboard", "/dashboard"],
        ["board", `/dashboard/${LUIGI}/orders`],
        ["menu editor", `/dashboard/${LUIGI}/menu`],
        ["new restaurant", "/restaurants/new"],
        ["set-up", `/dashboard/${LUIGI}/setup`],
        ["settings", `/dashboard/${LUIGI}/settings/general`],
        ["settings hours", `/dashboard/${LUIGI}/settings/hours`],
        ["history", `/dashboard/${LUIGI}/history`],
        ["takings", `/dashboard/${LUIGI}/takings`],
        ["privacy", `/dashboard/${LUIGI}/settings/privacy`],
        ...["service", "delivery", "charges", "tables", "tables/print", "tax"].map((name): [string, string] => [
            `settings ${name.replace("/", " ")}`,
            `/dashboard/${LUIGI}/settings/${name}`,
        ]),
        ["menu at a table", `/restaurants/${LUIGI}?table=1`],
        ["not found", "/nothing/here"],
    ];
}
