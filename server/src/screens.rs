//! Shared screens: devices of a restaurant at which people say with a PIN who they are. A device is a screen until it is ended, by
//! a person who may, or because it was not used for long; what happens at it is done by the person who works there, with
//! what their role and the screen's both allow.

mod device;
mod list;
mod pins;
mod work;

pub use device::{acted, at};
pub use list::{end, end_here, start, view};
pub use pins::{remove as remove_pin, set as set_pin, view as pin};
pub use work::{begin as begin_work, leave, people as people_with_pins};

/// A device that did not show its secret for these minutes is a screen no more: 90 days.
pub(crate) const UNSEEN_MINUTES: i64 = 90 * 24 * 60;
