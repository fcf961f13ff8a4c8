//! Past orders of a restaurant: search, one order with its events, its receipt.

mod find;
mod order;

pub(crate) use find::day_of;
pub use find::history;
pub use order::past_order;
