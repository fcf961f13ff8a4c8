//! Shared by tests: temporary PostgreSQL servers, free ports, signals, and the running testbed.

#[cfg(feature = "testbed")]
pub mod agents;
#[cfg(feature = "testbed")]
pub mod checks;
#[cfg(feature = "testbed")]
mod cleanup_guard;
pub mod cluster;
#[cfg(feature = "testbed")]
pub mod database_processes;
pub mod databases;
#[cfg(feature = "testbed")]
mod environment;
mod error;
#[cfg(feature = "testbed")]
pub mod health;
pub mod json;
pub mod patroni;
pub mod ports;
pub mod postgres;
pub mod process;
mod timestamp;
pub mod wait;

#[cfg(feature = "testbed")]
pub use cleanup_guard::CleanupGuard;
#[cfg(feature = "testbed")]
pub use environment::{Environment, options};
pub use error::Error;
pub use timestamp::Timestamp;
