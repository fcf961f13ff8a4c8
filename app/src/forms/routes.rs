//! Paths of pages, forms and the API.

use crate::{
    domain::{id::OrderId, order::Due},
    forms::fields,
};

pub const HOME: &str = "/";
pub const SIGN_IN: &str = "/sign-in";
/// Ends a staff session (POST).
pub const SIGN_OUT: &str = "/sign-out";
/// Kept mails, in development only.
pub const DEV_MAIL: &str = "/dev/mail";
/// Opens an account; POST sends the mail to confirm.
pub const REGISTER: &str = "/register";
/// Says that a mail was sent.
pub const MAIL_SENT: &str = "/mail-sent";
/// Asks for a mail to choose a new password.
pub const FORGOT: &str = "/forgot";
/// The account of the signed-in person; POST changes it.
pub const ACCOUNT: &str = "/account";
/// Signs in with a passkey (POST).
pub const SIGN_IN_PASSKEY: &str = "/sign-in/passkey";
/// Creates a challenge for a passkey of a person who is not signed in (POST, answered with JSON).
pub const PASSKEYS: &str = "/passkeys";
/// The same for the signed-in person.
pub const ACCOUNT_PASSKEYS: &str = "/account/passkeys";
/// The restaurants of a staff member.
pub const DASHBOARD: &str = "/dashboard";

/// The form of a new restaurant; POST creates it.
pub const NEW_RESTAURANT: &str = "/restaurants/new";

/// Longest accepted address in bytes.
const LONGEST_OWN: usize = 500;

/// Whether an address from a request is a path of this site that is safe to redirect to. Control characters are
/// rejected because browsers remove tabs and line breaks from addresses, and `\` because they read it as `/`.
pub fn is_own(address: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_graphic() && byte != b'\\';
    address.starts_with('/') && !address.starts_with("//") && address.len() <= LONGEST_OWN && address.bytes().all(plain)
}

/// The address if it is safe to redirect to, else the other one.
pub fn own_or<'a>(address: &'a str, otherwise: &'a str) -> &'a str {
    if is_own(address) { address } else { otherwise }
}

/// Confirms the address of a registration; the link of a mail.
pub fn confirm(token: &str) -> String {
    format!("/confirm/{token}")
}

/// Confirms a new address of an account; the link of a mail.
pub fn confirm_email(token: &str) -> String {
    format!("/confirm-email/{token}")
}

/// Sets a new password; the link of a mail.
pub fn reset(token: &str) -> String {
    format!("/reset/{token}")
}

/// The account page after an action was done.
pub fn account_done(action: &str) -> String {
    format!("{ACCOUNT}?{}={action}", fields::DONE)
}

/// A passkey of the signed-in person; POST renames or removes it.
pub fn passkey(id: &str) -> String {
    format!("{ACCOUNT_PASSKEYS}/{id}")
}

/// An invitation to a team, the link of a mail; POST accepts it.
pub fn invitation(secret: &str) -> String {
    format!("/invitation/{secret}")
}

pub fn restaurant(slug: &str) -> String {
    format!("/restaurants/{slug}")
}

/// The address of a menu or item for a time; for as soon as possible, without query.
pub fn wanted(address: String, due: Due) -> String {
    if due == Due::Asap { address } else { format!("{address}?{}={}", fields::DUE, due.field()) }
}

/// An item's page, for browsers without scripts; POST adds it to the cart.
pub fn item(slug: &str, item: impl std::fmt::Display) -> String {
    format!("/restaurants/{slug}/items/{item}")
}

/// The cart; POST changes it.
pub fn cart(slug: &str) -> String {
    format!("/restaurants/{slug}/cart")
}

/// The cart after an earlier order was added again: it lists the items that were left out.
pub fn cart_again(slug: &str, token: &str) -> String {
    format!("{}?{}={token}", cart(slug), fields::AGAIN)
}

/// The checkout; POST places the order.
pub fn checkout(slug: &str) -> String {
    format!("/restaurants/{slug}/checkout")
}

pub fn order(token: &str) -> String {
    format!("/orders/{token}")
}

/// Cancels an order (POST).
pub fn order_cancel(token: &str) -> String {
    format!("/orders/{token}/cancel")
}

/// Adds an order's items to the cart again (POST).
pub fn order_again(token: &str) -> String {
    format!("/orders/{token}/again")
}

pub fn order_events(token: &str) -> String {
    format!("/orders/{token}/events")
}

/// The orders board; POST changes an order's status.
pub fn board(slug: &str) -> String {
    format!("/dashboard/{slug}/orders")
}

/// The live stream of the board, from the position in `?after=` or `Last-Event-ID`.
pub fn board_events(slug: &str) -> String {
    format!("/dashboard/{slug}/orders/events")
}

pub fn board_snapshot(slug: &str) -> String {
    format!("/dashboard/{slug}/orders/snapshot")
}

/// Silences the alarm (POST).
pub fn board_acknowledge(slug: &str) -> String {
    format!("/dashboard/{slug}/orders/acknowledge")
}

/// The menu editor; POST changes the menu.
pub fn menu_editor(slug: &str) -> String {
    format!("/dashboard/{slug}/menu")
}

/// The checklist before opening; POST publishes the restaurant or takes it offline.
pub fn setup(slug: &str) -> String {
    format!("/dashboard/{slug}/setup")
}

/// The page that the settings begin with.
pub fn first_settings(slug: &str) -> String {
    settings(slug, "general")
}

/// A page of the settings.
pub fn settings(slug: &str, page: &str) -> String {
    format!("/dashboard/{slug}/settings/{page}")
}

/// The restaurants of an installation, for its operators.
pub const OPERATOR: &str = "/operator";

/// A restaurant for operators; POST changes its listing.
pub fn operator_restaurant(slug: &str) -> String {
    format!("/operator/restaurants/{slug}")
}

/// Past orders, newest first; searched by the query of the address.
pub fn history(slug: &str) -> String {
    format!("/dashboard/{slug}/history")
}

pub fn past_order(slug: &str, order: OrderId) -> String {
    format!("/dashboard/{slug}/history/{order}")
}

/// Totals of business days.
pub fn takings(slug: &str) -> String {
    format!("/dashboard/{slug}/takings")
}

/// Orders as CSV, with the range of the takings.
pub fn takings_csv(slug: &str) -> String {
    format!("/dashboard/{slug}/takings.csv")
}

/// For printing.
pub fn receipt(slug: &str, order: OrderId) -> String {
    format!("/dashboard/{slug}/history/{order}/receipt")
}

/// The codes of all tables on paper.
pub fn printed_tables(slug: &str) -> String {
    format!("/dashboard/{slug}/settings/tables/print")
}

/// The team of a restaurant; POST changes it.
pub fn team(slug: &str) -> String {
    format!("/dashboard/{slug}/team")
}

/// The team page with the form to correct the address of an invitation.
pub fn team_correction(slug: &str, invitation: impl std::fmt::Display) -> String {
    format!("{}?{}={invitation}#invite", team(slug), fields::CORRECT)
}

/// Asks before a person is removed from the team.
pub fn team_removal(slug: &str, member: impl std::fmt::Display) -> String {
    format!("/dashboard/{slug}/team/{member}/remove")
}

/// The shared screens of a restaurant; POST starts and ends them.
pub fn screens(slug: &str) -> String {
    format!("/dashboard/{slug}/screens")
}

/// Asks at a shared screen who works there; POST sends the PIN.
pub fn who(slug: &str) -> String {
    format!("/dashboard/{slug}/who")
}

/// The PIN of the signed-in person at a restaurant; POST sets and removes it.
pub fn pin(slug: &str) -> String {
    format!("/dashboard/{slug}/pin")
}

/// Who changed what at a restaurant.
pub fn audit_log(slug: &str) -> String {
    format!("/dashboard/{slug}/log")
}

/// Restaurants as JSON, with the query of the home page.
pub const API_RESTAURANTS: &str = "/api/v1/restaurants";

pub fn api_menu(slug: &str) -> String {
    format!("/api/v1/restaurants/{slug}/menu")
}

/// Prices lines (POST JSON).
pub fn api_quotes(slug: &str) -> String {
    format!("/api/v1/restaurants/{slug}/quotes")
}

/// Places an order (POST JSON with `Idempotency-Key`).
pub fn api_orders(slug: &str) -> String {
    format!("/api/v1/restaurants/{slug}/orders")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leads_on_within_the_site_only() {
        for own in ["/", "/dashboard/a/orders", "/restaurants/a?q=%20x", "/dashboard/a/menu#item-1"] {
            assert!(is_own(own), "{own}");
        }
        let long = format!("/{}", "a".repeat(LONGEST_OWN));
        for elsewhere in [
            "",
            "dashboard",
            "//evil.example",
            "https://evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "/\t/evil.example",
            "\t//evil.example",
            "/\n/evil.example",
            "/\r/evil.example",
            "/a\0",
            "/a\u{1b}",
            "/a\u{7f}",
            "/a b",
            "/caf\u{e9}",
            "javascript:alert(1)",
            &long,
        ] {
            assert!(!is_own(elsewhere), "{elsewhere:?}");
            assert_eq!(own_or(elsewhere, DASHBOARD), DASHBOARD);
        }
    }
}
