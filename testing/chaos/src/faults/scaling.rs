//! Scaling under load: machines that join by themselves and leave on command.

mod backends;
mod machines;
mod workers;

pub(super) use backends::{add as add_backend, remove as remove_backend};
pub(super) use workers::{add as add_worker, remove as remove_worker};
