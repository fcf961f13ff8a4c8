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
use std::{net::TcpListener, process::Output};

/// A port that nobody listens on.
pub fn free_port() -> Result<u16, Failure> {
    let listener = TcpListener::bind("127.0.0.1:0").map_err(Failure::system("a free port"))?;
    Ok(listener.local_addr().map_err(Failure::system("a free port"))?.port())
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
