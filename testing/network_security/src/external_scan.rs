//! Scans from outside the mesh: all ports as seen from the internet and from the network of a site.

mod open_ports;

use crate::{
    listeners::Listeners,
    port_scan::{PortState, ProbeResult, ScanTarget, scan_from},
    port_table,
};
use agent::inventory::{Access, Inventory, Node as Described, Role, SiteKind};
use open_ports::{OpenPorts, compare, missing, open_ports};
use std::{collections::BTreeSet, net::Ipv4Addr};
use support::{CleanupGuard, Environment, Error, checks::Findings};
use testbed::Node;

const TIMEOUT_MS: &str = "400";
/// Below the limit of open files.
const CONCURRENCY: &str = "3000";
/// For the second probe of ports that were expected open: a busy host may be slow.
const RETRY_TIMEOUT_MS: &str = "4000";

pub(crate) fn check(environment: &Environment, findings: &mut Findings<'_>) -> Result<(), Error> {
    let inventory = environment.testbed.inventory();
    let scanner = Scanner { environment, inventory, access: port_table::read(environment)? };
    check_listeners(environment, findings)?;
    scanner.scan_tcp(findings)?;
    scanner.scan_udp(findings)?;
    scanner.check_forwarding(findings)?;
    scanner.scan_sites(findings)
}

/// Without listeners every port would look firewalled.
fn check_listeners(environment: &Environment, findings: &mut Findings<'_>) -> Result<(), Error> {
    let mut without = Vec::new();
    let mut count = 0;
    for node in environment.testbed.nodes().filter(|node| node.in_mesh) {
        let ports = Listeners::tcp(node)?.reachable();
        count += ports.len();
        if ports.len() < 2 {
            without.push(node.name.as_str());
        }
    }
    let found =
        if without.is_empty() { format!("{count} listeners") } else { format!("none on {}", without.join(", ")) };
    findings.add("every node of the mesh has listeners that a scan could find", found, without.is_empty());
    Ok(())
}

fn public_ports(inventory: &Inventory, access: &Access, ports: impl Fn(&Described) -> BTreeSet<u16>) -> OpenPorts {
    let nodes = inventory.nodes.iter();
    nodes.filter_map(|node| Some((port_table::public_address(inventory, access, node)?, ports(node)))).collect()
}

fn all_ports(address: Ipv4Addr) -> ScanTarget {
    ScanTarget { address, ports: (1..=u16::MAX).collect() }
}

struct Scanner<'a> {
    environment: &'a Environment,
    inventory: &'a Inventory,
    access: Access,
}

impl Scanner<'_> {
    fn scan_tcp(&self, findings: &mut Findings<'_>) -> Result<(), Error> {
        let expected = public_ports(self.inventory, &self.access, |node| port_table::tcp(&self.access.public, node));
        let client = self.environment.client()?;
        let found = self.scan_open(client, expected.keys().map(|address| all_ports(*address)), &expected)?;
        let requirement = format!("of all TCP ports of {} public addresses only the table's are open", expected.len());
        findings.add(requirement, self.describe(&expected, &found), expected == found);
        // The CA is on the internet without Toast's firewall: the scan must find all its listeners.
        if let Some(unprotected) = self.environment.testbed.with_role(Role::Ca).next() {
            let listening = Listeners::tcp(unprotected)?.at(unprotected.underlay);
            let found = self.scan_open(client, [all_ports(unprotected.underlay)], &OpenPorts::new())?;
            let found = found.get(&unprotected.underlay).cloned().unwrap_or_default();
            let passed = !found.is_empty() && found == listening;
            findings.add(
                "the same scan finds every port of an unprotected node",
                format!("{found:?} of {listening:?}"),
                passed,
            );
        }
        Ok(())
    }

    fn scan_udp(&self, findings: &mut Findings<'_>) -> Result<(), Error> {
        let expected = public_ports(self.inventory, &self.access, |node| port_table::udp(&self.access.public, node));
        let client = self.environment.client()?;
        let options = ["--udp", "--name", &self.inventory.domain];
        let targets = expected.keys().map(|address| all_ports(*address));
        let results = self.scan(client, targets, TIMEOUT_MS, &options)?;
        // "Closed" reveals as much as a response.
        let mut responding = OpenPorts::new();
        for result in &results {
            responding.entry(result.address).or_default().insert(result.port);
        }
        let expected: OpenPorts = expected.into_iter().filter(|(_, ports)| !ports.is_empty()).collect();
        self.retry_missing(client, &expected, &mut responding, &options)?;
        let requirement = "of all UDP ports only DNS responds; all others, the mesh's included, are filtered";
        findings.add(requirement, self.describe(&expected, &responding), expected == responding);
        // Without a firewall the same port must be closed, or "filtered" would mean nothing.
        if let Some(unprotected) = self.environment.testbed.with_role(Role::Ca).next() {
            let target = ScanTarget { address: unprotected.underlay, ports: [41641].into() };
            let results = self.scan(client, [target], TIMEOUT_MS, &["--udp"])?;
            let closed = results.iter().any(|result| result.state == PortState::Closed);
            let found = if closed { "closed" } else { "filtered" };
            findings.add("the same datagram finds the port of an unprotected node closed", found, closed);
        }
        Ok(())
    }

    /// A machine in the network of an ingress may use the ingress as its gateway.
    fn check_forwarding(&self, findings: &mut Findings<'_>) -> Result<(), Error> {
        let client = self.environment.client()?;
        let ports = self.ports_in_use()?;
        for ingress in self.environment.testbed.with_role(Role::Ingress) {
            let Some(gateway) = ingress.public else { continue };
            let mut routes = Vec::new();
            for site in self.inventory.sites.values().filter(|site| site.kind != SiteKind::Internet) {
                let network = String::from(site.network);
                client.run("ip", &["route", "add", &network, "via", &gateway.to_string()])?;
                routes.push(CleanupGuard::new(move || Ok(client.run("ip", &["route", "del", &network]).map(drop)?)));
            }
            let private = self.inventory.nodes.iter().filter(|node| self.inventory.in_mesh(node));
            let targets: Vec<_> =
                private.map(|node| ScanTarget { address: node.underlay, ports: ports.clone() }).collect();
            let count = targets.len() * ports.len();
            let results = self.scan(client, targets, "1500", &[])?;
            let responding =
                results.iter().filter(|result| matches!(result.state, PortState::Open | PortState::Closed));
            let (own, others): (Vec<&ProbeResult>, Vec<&ProbeResult>) =
                responding.partition(|result| result.address == ingress.underlay);
            let requirement = format!("{} forwards nothing from the internet into the sites", ingress.name);
            findings.add(requirement, format!("{} of {count} ports responded", others.len()), others.is_empty());
            // Otherwise the packets might not have reached the ingress at all.
            let requirement = format!("by the same route {} responds itself", ingress.name);
            findings.add(requirement, format!("{} ports", own.len()), !own.is_empty());
            routes.into_iter().try_for_each(CleanupGuard::run)?;
        }
        Ok(())
    }

    /// All ports with a listener, and all that the table names.
    fn ports_in_use(&self) -> Result<BTreeSet<u16>, Error> {
        let named = self.access.public.iter().chain(&self.access.underlay).flat_map(|opening| opening.tcp.clone());
        let mut ports: BTreeSet<u16> =
            named.chain(self.access.mesh.iter().flat_map(|grant| grant.tcp.clone())).collect();
        for node in self.environment.testbed.nodes().filter(|node| node.in_mesh) {
            ports.extend(Listeners::tcp(node)?.reachable());
        }
        Ok(ports)
    }

    /// From a node in the network of a site: all ports of one node of each kind, and the ports in use of the others.
    fn scan_sites(&self, findings: &mut Findings<'_>) -> Result<(), Error> {
        let from = self.environment.testbed.first(Role::App)?;
        let ports = self.ports_in_use()?;
        let (mut expected, mut targets, mut kinds) = (OpenPorts::new(), Vec::new(), BTreeSet::new());
        for node in self.inventory.nodes.iter().filter(|node| self.inventory.in_mesh(node) && node.name != from.name) {
            let mut open = port_table::tcp(&self.access.underlay, node);
            open.extend(port_table::tcp(&self.access.public, node));
            if !open.is_empty() {
                expected.insert(node.underlay, open);
            }
            let is_first_of_kind = kinds.insert(node.roles.clone());
            targets.push(if is_first_of_kind {
                all_ports(node.underlay)
            } else {
                ScanTarget { address: node.underlay, ports: ports.clone() }
            });
        }
        let count = targets.len();
        let found = self.scan_open(from, targets, &expected)?;
        let requirement = format!(
            "outside the mesh, other nodes of the sites find only the table's underlay and public ports of {count} nodes open"
        );
        findings.add(requirement, self.describe(&expected, &found), expected == found);
        Ok(())
    }

    fn scan_open(
        &self,
        from: &Node,
        targets: impl IntoIterator<Item = ScanTarget>,
        expected: &OpenPorts,
    ) -> Result<OpenPorts, Error> {
        let mut found = open_ports(&self.scan(from, targets, TIMEOUT_MS, &[])?);
        self.retry_missing(from, expected, &mut found, &[])?;
        Ok(found)
    }

    fn retry_missing(
        &self,
        from: &Node,
        expected: &OpenPorts,
        found: &mut OpenPorts,
        options: &[&str],
    ) -> Result<(), Error> {
        let missing = missing(expected, found);
        if !missing.is_empty() {
            for (address, ports) in open_ports(&self.scan(from, missing, RETRY_TIMEOUT_MS, options)?) {
                found.entry(address).or_default().extend(ports);
            }
        }
        Ok(())
    }

    fn scan(
        &self,
        from: &Node,
        targets: impl IntoIterator<Item = ScanTarget>,
        timeout_ms: &str,
        options: &[&str],
    ) -> Result<Vec<ProbeResult>, Error> {
        let limits = ["--timeout-ms", timeout_ms, "--concurrency", CONCURRENCY];
        scan_from(self.environment, from, targets, &[&limits[..], options].concat())
    }

    fn describe(&self, expected: &OpenPorts, found: &OpenPorts) -> String {
        let name = |address: &Ipv4Addr| {
            self.environment.testbed.at_address(*address).map_or_else(|| address.to_string(), |node| node.name.clone())
        };
        compare(expected, found, name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn six_nodes_have_public_ports() {
        let (inventory, access) = port_table::tests::host();
        let expected = public_ports(&inventory, &access, |node| port_table::tcp(&access.public, node));
        assert_eq!(expected.len(), 6);
        assert_eq!(expected[&Ipv4Addr::new(203, 0, 113, 53)], [53].into());
        assert_eq!(expected[&Ipv4Addr::new(203, 0, 113, 61)], [80, 443].into());
    }
}
