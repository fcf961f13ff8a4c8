//! The use cases against a real PostgreSQL; `TOAST_TEST_DATABASE_URL` names its superuser.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[macro_use]
mod scenario;

mod accounts;
mod app;
mod carts;
mod catalogue;
mod checkout;
mod checkout_view;
mod delivery;
mod editing;
mod finding;
mod full;
mod guest;
mod inbox;
mod live;
mod moves;
mod order_carts;
mod orders;
mod promised;
mod refusals;
mod repriced;
mod retention;
mod schema;
mod seed;
mod statements;
mod taps;
mod undoing;
mod unreadable;
mod web;
