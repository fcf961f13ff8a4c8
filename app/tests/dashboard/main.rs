//! The restaurant's screens, as requests answered with a backend that only pretends.

#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing)]

mod access;
mod board;
mod kitchen;
mod menu;
mod request;
