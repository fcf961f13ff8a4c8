//! Free TCP ports on the loopback address.

use crate::Error;
use std::net::{Ipv4Addr, TcpListener};

/// Below the ephemeral range: a server that is stopped and started again must not find its port taken by an outgoing
/// connection.
const PORTS: std::ops::Range<u16> = 20_000..32_000;

pub fn free_port() -> Result<u16, Error> {
    let mut candidates = std::iter::repeat_with(|| rand::random_range(PORTS)).take(1_000);
    let is_free = |port: &u16| TcpListener::bind((Ipv4Addr::LOCALHOST, *port)).is_ok();
    candidates.find(is_free).ok_or_else(|| Error::failed(format!("ports {PORTS:?}"), "all in use"))
}
