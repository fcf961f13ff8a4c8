//! The interactive parts of pages, in the browser: islands of the dashboard, and the menu of guests.

#[cfg(feature = "dashboard")]
pub mod board;
#[cfg(feature = "hydrate")]
pub mod dom;
#[cfg(feature = "dashboard")]
pub mod menu_editor;
#[cfg(all(feature = "hydrate", feature = "customer"))]
pub mod menu_page;
#[cfg(all(feature = "hydrate", feature = "dashboard"))]
pub mod stream;
