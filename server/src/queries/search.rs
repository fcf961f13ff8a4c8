//! SQL over all restaurants: the only reads that cross shards.

mod cards;
mod words;

pub use cards::{CardRecord, DishRecord, RequiredRecord};
pub(crate) use cards::{cards, heads};
pub use words::Hit;
pub(crate) use words::{containing, resembling};
