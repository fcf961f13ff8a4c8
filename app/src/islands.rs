//! Interactive islands, hydrated in the browser.

#[cfg(any(feature = "ssr", feature = "dashboard"))]
pub mod board;
#[cfg(any(feature = "ssr", feature = "customer"))]
pub mod cart;
#[cfg(any(feature = "ssr", feature = "customer"))]
pub mod checkout;
#[cfg(feature = "hydrate")]
pub mod dom;
#[cfg(any(feature = "ssr", feature = "dashboard"))]
pub mod menu_editor;
#[cfg(any(feature = "ssr", feature = "customer"))]
pub mod menu_page;
#[cfg(any(feature = "ssr", feature = "customer"))]
pub mod search;
#[cfg(feature = "hydrate")]
pub mod stream;
#[cfg(any(feature = "ssr", feature = "customer"))]
pub mod tracker;
