//! Tax on bills and refunds: cases worked by hand, and properties of every order.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[path = "tax/by_hand.rs"]
mod by_hand;
#[path = "tax/kitchen.rs"]
mod kitchen;
#[path = "tax/properties.rs"]
mod properties;
#[path = "tax/refunds.rs"]
mod refunds;
