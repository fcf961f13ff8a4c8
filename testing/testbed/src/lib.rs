//! A whole installation on one host: every node a network of its own, processes of its own, a disk of its own.
//!
//! [`World::open`] finds the world that `toast-testbed up` started. Its [`Node`]s and their [`Service`]s can be broken in
//! the ways that machines break, and mended again.

pub mod authority;
pub mod bare;
pub mod boot;
pub mod checks;
pub mod debian;
pub mod disk;
pub mod down;
pub mod error;
pub mod growth;
pub mod guests;
pub mod keys;
pub mod map;
pub mod network;
pub mod node;
pub mod place;
pub mod process;
pub mod processors;
pub mod program;
pub mod record;
pub mod runit;
pub mod script;
pub mod service;
pub mod steps;
pub mod unit;
pub mod up;
pub mod wait;
pub mod words;
mod world;

pub use error::WorldError;
pub use node::Node;
pub use process::{Process, Signal};
pub use service::Service;
pub use world::World;
