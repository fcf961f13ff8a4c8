//! Addresses.

use crate::{domain::order::Due, forms::fields};

/// Home.
pub const HOME: &str = "/";
/// Signing staff in.
pub const SIGN_IN: &str = "/sign-in";
/// Signing staff out (POST).
pub const SIGN_OUT: &str = "/sign-out";
/// The restaurants somebody works for.
pub const DASHBOARD: &str = "/dashboard";

/// The longest address that leads on.
const LONGEST_OWN: usize = 500;

/// Whether an address from a request leads to a page of ours and nowhere else, written so that it can be sent on: browsers
/// leave tabs and line breaks out before they look where an address leads, and read `\` as `/`.
pub fn is_own(address: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_graphic() && byte != b'\\';
    address.starts_with('/') && !address.starts_with("//") && address.len() <= LONGEST_OWN && address.bytes().all(plain)
}

/// An address from a request, when it is one of ours; otherwise the other one.
pub fn own_or<'a>(address: &'a str, otherwise: &'a str) -> &'a str {
    if is_own(address) { address } else { otherwise }
}

/// A restaurant's page.
pub fn restaurant(slug: &str) -> String {
    format!("/restaurants/{slug}")
}

/// An address of a menu or a dish as it is for a time; as soon as possible is the plain address.
pub fn wanted(address: String, due: Due) -> String {
    if due == Due::Asap { address } else { format!("{address}?{}={}", fields::DUE, due.field()) }
}

/// A dish on a page of its own, for browsers without scripts; POST adds it to the cart.
pub fn item(slug: &str, item: impl std::fmt::Display) -> String {
    format!("/restaurants/{slug}/items/{item}")
}

/// The cart; POST changes it.
pub fn cart(slug: &str) -> String {
    format!("/restaurants/{slug}/cart")
}

/// The cart after an earlier order went into it again: it names the dishes that did not.
pub fn cart_again(slug: &str, token: &str) -> String {
    format!("{}?{}={token}", cart(slug), fields::AGAIN)
}

/// The checkout; POST places the order.
pub fn checkout(slug: &str) -> String {
    format!("/restaurants/{slug}/checkout")
}

/// An order's page.
pub fn order(token: &str) -> String {
    format!("/orders/{token}")
}

/// Calls an order off (POST).
pub fn order_cancel(token: &str) -> String {
    format!("/orders/{token}/cancel")
}

/// Puts an order's dishes into the cart again (POST).
pub fn order_again(token: &str) -> String {
    format!("/orders/{token}/again")
}

/// The live stream of an order.
pub fn order_events(token: &str) -> String {
    format!("/orders/{token}/events")
}

/// The orders board; POST moves an order.
pub fn board(slug: &str) -> String {
    format!("/dashboard/{slug}/orders")
}

/// The live stream of the board; `?after=` or `Last-Event-ID` says from where.
pub fn board_events(slug: &str) -> String {
    format!("/dashboard/{slug}/orders/events")
}

/// The board as JSON.
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

/// Restaurants as JSON; takes the same query as home.
pub const API_RESTAURANTS: &str = "/api/v1/restaurants";

/// A menu as JSON.
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
