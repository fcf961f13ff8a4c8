//! Opening hours, local time, availability and time slots.

pub mod availability;
pub mod hours;
pub(crate) mod hours_display;
pub mod local_time;
pub(crate) mod opening;
pub mod slots;
mod zones;

pub use slots::Promise;
pub(crate) use zones::canonical;
