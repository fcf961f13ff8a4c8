//! Sets of open ports, and how two of them differ.

use crate::port_scan::{PortState, ProbeResult, ScanTarget};
use std::{
    collections::{BTreeMap, BTreeSet},
    net::Ipv4Addr,
};

/// By address.
pub(super) type OpenPorts = BTreeMap<Ipv4Addr, BTreeSet<u16>>;

pub(super) fn open_ports(results: &[ProbeResult]) -> OpenPorts {
    let mut open = OpenPorts::new();
    for result in results.iter().filter(|result| result.state == PortState::Open) {
        open.entry(result.address).or_default().insert(result.port);
    }
    open
}

/// The expected ports that were not found.
pub(super) fn missing(expected: &OpenPorts, found: &OpenPorts) -> Vec<ScanTarget> {
    let targets = expected.iter().map(|(address, ports)| {
        let there = found.get(address).cloned().unwrap_or_default();
        ScanTarget { address: *address, ports: ports.difference(&there).copied().collect() }
    });
    targets.filter(|target| !target.ports.is_empty()).collect()
}

/// `exactly …`, or the differences.
pub(super) fn compare(expected: &OpenPorts, found: &OpenPorts, name: impl Fn(&Ipv4Addr) -> String) -> String {
    let nothing = BTreeSet::new();
    let of = |open: &OpenPorts, address: &Ipv4Addr| open.get(address).cloned().unwrap_or_else(|| nothing.clone());
    let addresses: BTreeSet<_> = expected.keys().chain(found.keys()).collect();
    let mut differences = Vec::new();
    for address in addresses {
        let (expected, found) = (of(expected, address), of(found, address));
        let (more, fewer) = (list(found.difference(&expected)), list(expected.difference(&found)));
        differences.extend((!more.is_empty()).then(|| format!("{} also {more}", name(address))));
        differences.extend((!fewer.is_empty()).then(|| format!("{} not {fewer}", name(address))));
    }
    if !differences.is_empty() {
        return differences.join("; ");
    }
    let all: Vec<_> =
        found.iter().map(|(address, ports)| format!("{} {}", name(address), list(ports.iter()))).collect();
    format!("exactly {}", all.join("; "))
}

fn list<'a>(ports: impl Iterator<Item = &'a u16>) -> String {
    let ports: Vec<_> = ports.collect();
    let mut words: Vec<_> = ports.iter().take(8).map(ToString::to_string).collect();
    if ports.len() > words.len() {
        words.push(format!("and {} more", ports.len() - words.len()));
    }
    words.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(address: &str, ports: &[u16]) -> OpenPorts {
        [(address.parse().unwrap(), ports.iter().copied().collect())].into()
    }

    #[test]
    fn differences_are_named_on_their_side() {
        let name = |address: &Ipv4Addr| address.to_string();
        let (expected, found) = (open("10.0.0.1", &[80, 443]), open("10.0.0.1", &[80, 22]));
        assert_eq!(compare(&expected, &found, name), "10.0.0.1 also 22; 10.0.0.1 not 443");
        assert_eq!(compare(&expected, &expected, name), "exactly 10.0.0.1 80, 443");
        assert_eq!(compare(&OpenPorts::new(), &open("10.0.0.2", &[1]), name), "10.0.0.2 also 1");
        let many: Vec<u16> = (1..=20).collect();
        assert!(compare(&OpenPorts::new(), &open("10.0.0.2", &many), name).ends_with("8, and 12 more"));
        assert_eq!(missing(&expected, &found)[0].to_string(), "10.0.0.1:443");
    }

    #[test]
    fn only_connections_make_a_port_open() {
        let result = |port, state| ProbeResult { address: Ipv4Addr::LOCALHOST, port, state, elapsed_ms: 0 };
        let results = [result(1, PortState::Open), result(2, PortState::Closed), result(3, PortState::Unreachable)];
        assert_eq!(open_ports(&results), open("127.0.0.1", &[1]));
    }
}
