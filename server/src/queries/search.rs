//! SQL of home and search: the only reads that cross shards.

mod cards;

pub use cards::{CardRecord, DishRecord};
pub(crate) use cards::{CardRow, cards, heads};
