//! The orders board: what it knows, and how that is told in words.

pub mod alarm;
pub mod clock;
pub mod column;
pub mod connection;
pub mod layout;
pub mod pause;
pub mod state;
