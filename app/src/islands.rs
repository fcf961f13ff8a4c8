//! What becomes alive in the browser.

#[cfg(any(feature = "ssr", feature = "customer"))]
pub mod cart;
#[cfg(any(feature = "ssr", feature = "customer"))]
pub mod checkout;
#[cfg(any(feature = "ssr", feature = "customer"))]
pub mod search;
#[cfg(any(feature = "ssr", feature = "customer"))]
pub mod shop;
#[cfg(any(feature = "ssr", feature = "customer"))]
pub mod tracker;
#[cfg(any(feature = "ssr", feature = "dashboard"))]
pub mod board;
#[cfg(any(feature = "ssr", feature = "dashboard"))]
pub mod menu_editor;
