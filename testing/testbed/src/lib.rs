//! A local multi-node testbed: a whole installation on one host, each node with namespaces, a network, a disk and a systemd of its own.
//!
//! [`Testbed::open`] finds the testbed that `toast-testbed up` started. Faults are injected into its [`Node`]s and their
//! [`Service`]s, and healed again.

pub mod boot;
pub mod ca;
pub mod cgroup;
pub mod client;
pub mod cpu_scheduling;
pub mod debootstrap;
pub mod down;
pub mod error;
pub mod exec;
mod files;
pub mod network;
pub mod node;
pub mod paths;
pub mod preauth_keys;
pub mod preflight;
pub mod process;
pub mod progress;
pub mod provision;
pub mod public_ca;
pub mod releases;
pub mod scaling;
pub mod secrets;
pub mod service;
pub mod state_file;
mod testbed;
pub mod topology_report;
pub mod up;
pub mod wait;

pub use error::TestbedError;
pub use node::Node;
pub use process::{Process, Signal};
pub use service::Service;
pub use testbed::Testbed;
