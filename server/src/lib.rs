//! How Toast is stored and served.
//!
//! Imports go down only: `store` ← use cases ([`catalogue`], [`ordering`], [`carts`], [`boards`], [`accounts`]) ←
//! [`backend`] ← `web` ← `boot` ← `main`. SQL stands in [`store`], in the migrations and in the placement only.

#![recursion_limit = "256"]

pub mod accounts;
pub mod backend;
pub mod basis;
pub mod boards;
pub mod boot;
pub mod carts;
pub mod catalogue;
pub mod clock;
pub mod config;
pub mod distribute;
pub mod error;
pub mod live;
pub mod ordering;
pub mod outbox;
pub mod seed;
mod status;
pub mod store;
pub mod telemetry;
pub mod web;
