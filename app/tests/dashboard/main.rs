//! The restaurant's screens, as requests answered with a backend that only pretends.

#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing)]

mod access;
mod board;
#[path = "../shared/hostile.rs"]
mod hostile;
mod kitchen;
mod menu;
mod names;
mod request;
