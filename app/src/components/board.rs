//! State and components of the orders board.

pub mod alarm;
pub mod clock;
pub mod column;
pub mod connection;
pub mod layout;
pub mod pause;
pub mod state;
