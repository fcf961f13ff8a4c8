//! Who listens inside a node, as `ss` lists it: a port that nobody answers on proves no wall.

use crate::failure::Failure;
use std::{collections::BTreeSet, net::IpAddr};
use testbed::Node;

/// A socket that listens; on every address where none is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Listener {
    address: Option<IpAddr>,
    port: u16,
}

/// The listeners of a node.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Listeners(BTreeSet<Listener>);

impl Listeners {
    /// Those that wait for TCP connections.
    pub(super) fn tcp(node: &Node) -> Result<Self, Failure> {
        Ok(Self::read(&node.run("ss", &["-H", "-l", "-t", "-n"])?))
    }

    /// Reads what `ss -H -l -n` lists.
    fn read(listed: &str) -> Self {
        Self(listed.lines().filter_map(read_line).collect())
    }

    /// The ports that somebody listens on under an address.
    pub(super) fn at(&self, address: impl Into<IpAddr>) -> BTreeSet<u16> {
        let address = address.into();
        let there = |one: &&Listener| one.address.is_none_or(|own| own == address);
        self.0.iter().filter(there).map(|one| one.port).collect()
    }

    /// The ports that somebody listens on for more than the node itself.
    pub(super) fn reachable(&self) -> BTreeSet<u16> {
        let there = |one: &&Listener| one.address.is_none_or(|own| !own.is_loopback());
        self.0.iter().filter(there).map(|one| one.port).collect()
    }
}

/// `LISTEN 0 511 0.0.0.0:443 0.0.0.0:*`
fn read_line(line: &str) -> Option<Listener> {
    let (address, port) = line.split_whitespace().nth(3)?.rsplit_once(':')?;
    let address = address.split('%').next()?.trim_matches(['[', ']']);
    let address = match address {
        "*" => None,
        text => Some(text.parse::<IpAddr>().ok()?).filter(|address| !address.is_unspecified()),
    };
    Some(Listener { address, port: port.parse().ok()? })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::Ipv4Addr;

    const LISTED: &str = "\
LISTEN 0      511          0.0.0.0:443        0.0.0.0:*
LISTEN 0      4096      100.64.0.4:8089       0.0.0.0:*
LISTEN 0      4096       127.0.0.1:9300       0.0.0.0:*
LISTEN 0      4096  127.0.0.53%lo:53         0.0.0.0:*
LISTEN 0      4096            [::]:22            [::]:*
LISTEN 0      4096               *:3000             *:*
";

    #[test]
    fn ports_are_told_by_address() {
        let listeners = Listeners::read(LISTED);
        assert_eq!(listeners.at(Ipv4Addr::new(100, 64, 0, 4)), [22, 443, 3000, 8089].into());
        assert_eq!(listeners.at(Ipv4Addr::new(10, 1, 0, 10)), [22, 443, 3000].into());
        assert_eq!(listeners.reachable(), [22, 443, 3000, 8089].into());
    }

    #[test]
    fn other_lines_are_nobody() {
        assert_eq!(Listeners::read("Netid State\n\nx\n"), Listeners::default());
    }
}
