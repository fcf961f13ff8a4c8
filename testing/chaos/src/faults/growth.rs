//! Machines that come and go under load: bare ones join by themselves, and leave when they are told to.

mod backends;
mod machines;
mod workers;

pub(super) use backends::{add as add_backend, remove as remove_backend};
pub(super) use workers::{add as add_worker, remove as remove_worker};

use super::{Notes, Promise, nobody_noticed, none_given_up_though_some_failed};
