//! Takings: totals of business days, and the export of orders for spreadsheets.

mod days;
mod export;
mod range;

pub use days::takings;
pub use export::{Export, export};
