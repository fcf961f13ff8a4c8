//! The restaurant's screens, as requests answered with a backend that only pretends.

mod access;
mod board;
mod kitchen;
mod menu;
mod request;
