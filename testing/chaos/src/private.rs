//! Private databases and servers of this program's own: to break things where no world is, with nothing left behind.

mod cluster;
mod lossy;
mod postgres;
mod toast;

pub use cluster::{Cluster, execute};
pub use lossy::Lossy;
pub use postgres::{Postgres, Tools};
pub use toast::Toast;

use crate::failure::Failure;
use std::{
    net::{Ipv4Addr, TcpListener},
    process::Output,
};

/// Below the range from which systems take ports for outgoing connections: what is ended and started again would find its
/// port in use by somebody's way out.
const PORTS: std::ops::Range<u16> = 20_000..32_000;

/// A port that nobody listens on.
pub fn free_port() -> Result<u16, Failure> {
    let mut tries = std::iter::repeat_with(|| rand::random_range(PORTS)).take(1_000);
    let is_free = |port: &u16| TcpListener::bind((Ipv4Addr::LOCALHOST, *port)).is_ok();
    tries.find(is_free).ok_or_else(|| Failure::wrong(format!("the ports {PORTS:?}"), "are all in use"))
}

/// Fails with what a program said when it did not end well.
fn ensure_done(what: &str, output: &Output) -> Result<(), Failure> {
    if output.status.success() {
        return Ok(());
    }
    let said = [output.stdout.as_slice(), output.stderr.as_slice()].concat();
    let said = String::from_utf8_lossy(&said).into_owned();
    let last: Vec<_> = said.lines().rev().take(12).collect();
    Err(Failure::wrong(what, last.into_iter().rev().collect::<Vec<_>>().join("\n")))
}
