//! Tests of staff pages with fake services.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

#[path = "../shared/absent.rs"]
mod absent;
mod access;
mod board;
#[path = "../shared/hostile.rs"]
mod hostile;
mod kitchen;
mod menu;
mod names;
mod request;
