//! Listening sockets of a node as `ss` lists them: a port without a listener proves nothing about a firewall.

use std::{collections::BTreeSet, net::IpAddr};
use support::Error;
use testbed::Node;

/// On every address when none is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Listener {
    address: Option<IpAddr>,
    port: u16,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Listeners(BTreeSet<Listener>);

impl Listeners {
    pub(crate) fn tcp(node: &Node) -> Result<Self, Error> {
        Ok(Self::parse(&node.run("ss", &["-H", "-l", "-t", "-n"])?))
    }

    fn parse(listed: &str) -> Self {
        Self(listed.lines().filter_map(parse_line).collect())
    }

    /// Ports with a listener on an address.
    pub(crate) fn at(&self, address: impl Into<IpAddr>) -> BTreeSet<u16> {
        let address = address.into();
        let matches = |one: &&Listener| one.address.is_none_or(|own| own == address);
        self.0.iter().filter(matches).map(|one| one.port).collect()
    }

    /// Ports with a listener on other addresses than the loopback.
    pub(crate) fn reachable(&self) -> BTreeSet<u16> {
        let matches = |one: &&Listener| one.address.is_none_or(|own| !own.is_loopback());
        self.0.iter().filter(matches).map(|one| one.port).collect()
    }
}

/// `LISTEN 0 511 0.0.0.0:443 0.0.0.0:*`
fn parse_line(line: &str) -> Option<Listener> {
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
    fn ports_are_listed_by_address() {
        let listeners = Listeners::parse(LISTED);
        assert_eq!(listeners.at(Ipv4Addr::new(100, 64, 0, 4)), [22, 443, 3000, 8089].into());
        assert_eq!(listeners.at(Ipv4Addr::new(10, 1, 0, 10)), [22, 443, 3000].into());
        assert_eq!(listeners.reachable(), [22, 443, 3000, 8089].into());
    }

    #[test]
    fn other_lines_are_ignored() {
        assert_eq!(Listeners::parse("Netid State\n\nx\n"), Listeners::default());
    }
}
