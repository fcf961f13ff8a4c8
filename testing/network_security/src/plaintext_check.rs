//! Captures all links while an order is placed: traffic between nodes is encrypted and uses only allowed ports.

use crate::{
    capture::{self, Capture, CapturedTraffic},
    pcap::{Kind, Packet},
    port_table::{self, AllowedPorts},
};
use agent::inventory::Role;
use std::{collections::BTreeSet, net::Ipv4Addr, thread::sleep, time::Duration};
use support::{Environment, Error, Timestamp, checks::Findings};
use testbed::Node;

/// Longer than an agent's interval, so that health probes, DNS and the mesh's keep-alives are captured, too.
const CAPTURE_TIME: Duration = Duration::from_secs(12);
/// In no port table.
const CLOSED_PORT: u16 = 9;
/// The links that a node may have; only the first two may carry addresses of the mesh.
const LINKS: [&str; 4] = ["lo", "tailscale0", "wan0", "pub0"];

pub(crate) fn check(environment: &Environment, findings: &mut Findings<'_>) -> Result<(), Error> {
    if let Some(why) = capture::unavailable() {
        findings.skip(why);
        return Ok(());
    }
    check_links(environment, findings)?;
    let markers = Markers::new();
    let control = PositiveControl::of(environment)?;
    let router = Capture::on_router(environment)?;
    let ingresses: Vec<_> = environment.testbed.with_role(Role::Ingress).collect();
    let inside = ingresses.iter().map(|node| Capture::inside(environment, node)).collect::<Result<Vec<_>, _>>()?;
    let restaurant = place_order(environment, &markers.order)?;
    control.send(&markers.plaintext)?;
    sleep(CAPTURE_TIME);
    let captured = router.stop()?;
    let inside = inside.into_iter().map(Capture::stop).collect::<Result<Vec<_>, _>>()?;
    report_completeness(&captured, findings);
    report_markers(&captured, &inside, &markers, &restaurant, findings);
    report_traffic(environment, &captured, &control, findings)
}

/// Unique texts to search packets for.
struct Markers {
    /// Name of the customer of an order.
    order: String,
    /// Path of a request that is sent in plaintext on purpose.
    plaintext: String,
}

impl Markers {
    fn new() -> Self {
        let now = Timestamp::now().0;
        Self { order: format!("hiddenmark{now}"), plaintext: format!("clearmark{now}") }
    }
}

/// Plaintext requests outside the mesh, to an allowed port and to a closed one: the check must detect both.
struct PositiveControl<'a> {
    from: &'a Node,
    allowed: Ipv4Addr,
    closed: Ipv4Addr,
}

impl<'a> PositiveControl<'a> {
    fn of(environment: &'a Environment) -> Result<Self, Error> {
        let testbed = &environment.testbed;
        let (allowed, closed) = (testbed.first(Role::Control)?.underlay, testbed.first(Role::Database)?.underlay);
        Ok(Self { from: testbed.first(Role::App)?, allowed, closed })
    }

    fn send(&self, path: &str) -> Result<(), Error> {
        let urls =
            [format!("http://{}:443/{path}", self.allowed), format!("http://{}:{CLOSED_PORT}/{path}", self.closed)];
        for url in urls {
            let mut command = self.from.command("curl")?;
            command.args(["--silent", "--output", "/dev/null", "--max-time", "2", &url]);
            // The response does not matter.
            command.status().map_err(Error::io("curl"))?;
        }
        Ok(())
    }

    fn sent(&self, packet: &Packet) -> bool {
        packet.kind == Kind::Tcp && packet.endpoints().any(|endpoint| endpoint == (self.closed, CLOSED_PORT))
    }
}

/// The capture on the router sees only the known links.
fn check_links(environment: &Environment, findings: &mut Findings<'_>) -> Result<(), Error> {
    let mut others = BTreeSet::new();
    for node in environment.testbed.nodes().filter(|node| node.in_mesh) {
        for (_, name) in capture::links(&node.run("ip", &["-o", "link"])?) {
            if !LINKS.contains(&name.as_str()) {
                others.insert(format!("{name} on {}", node.name));
            }
        }
    }
    let list: Vec<_> = others.iter().cloned().collect();
    let found = if list.is_empty() { "none".to_owned() } else { list.join(", ") };
    findings.add("nodes have no links other than to the router, the mesh and the loopback", found, list.is_empty());
    Ok(())
}

/// Orders through DNS, TLS and an ingress; returns the restaurant's slug.
fn place_order(environment: &Environment, marker: &str) -> Result<String, Error> {
    let mut arguments = vec!["canary".to_owned()];
    arguments.extend(environment.customer_options()?);
    arguments.extend(["--marker".to_owned(), marker.to_owned()]);
    environment.run_on(environment.client()?, &arguments)
}

fn report_completeness(captured: &CapturedTraffic, findings: &mut Findings<'_>) {
    let found = format!("{} captured, {} dropped", captured.packets.len(), captured.dropped);
    findings.add("every packet is captured", found, captured.dropped == 0 && !captured.packets.is_empty());
}

fn report_markers(
    captured: &CapturedTraffic,
    inside: &[CapturedTraffic],
    markers: &Markers,
    restaurant: &str,
    findings: &mut Findings<'_>,
) {
    let containing = |captured: &CapturedTraffic, text: &str, link: Option<&str>| {
        let on_link = |packet: &&Packet| link.is_none_or(|link| captured.link(packet) == link);
        captured.packets.iter().filter(on_link).filter(|packet| packet.contains(text.as_bytes())).count()
    };
    let count = containing(captured, &markers.order, None);
    let found = format!("in {count} of {} ({restaurant})", captured.packets.len());
    findings.add("a customer's name is in no packet between nodes", found, count == 0);
    let count: usize = inside.iter().map(|captured| containing(captured, &markers.order, Some("tailscale0"))).sum();
    let expected = "the same name is found inside an ingress, where traffic of the mesh is not encrypted";
    findings.add(expected, format!("in {count} packets"), count > 0);
    let count = containing(captured, &markers.plaintext, None);
    let expected = "a plaintext request that is sent outside the mesh on purpose is found";
    findings.add(expected, format!("in {count} packets"), count > 0);
}

fn report_traffic(
    environment: &Environment,
    captured: &CapturedTraffic,
    control: &PositiveControl<'_>,
    findings: &mut Findings<'_>,
) -> Result<(), Error> {
    let allowed = AllowedPorts::of(environment.testbed.inventory(), &port_table::read(environment)?);
    let other: Vec<_> = captured.packets.iter().filter(|packet| !allowed.allows(packet)).collect();
    let (sent, unexpected): (Vec<_>, Vec<_>) = other.into_iter().partition(|packet| control.sent(packet));
    let found = match unexpected.len() {
        0 => format!("all {}", captured.packets.len() - sent.len()),
        count => format!("{count} others: {}", captured.describe(unexpected.iter().copied())),
    };
    let expected = "all packets are of the mesh, its control server, or an allowed port";
    findings.add(expected, found, unexpected.is_empty());
    let expected = "a connection to a closed port that is attempted on purpose is found";
    findings.add(expected, format!("{} packets", sent.len()), !sent.is_empty());
    let inner: Vec<_> = captured.packets.iter().filter(|packet| packet.has_mesh_address()).collect();
    let found = if inner.is_empty() { "none".to_owned() } else { captured.describe(inner.iter().copied()) };
    findings.add("no packet between nodes has an address of the mesh", found, inner.is_empty());
    let mesh = captured.packets.iter().filter(|packet| is_mesh(packet)).count();
    findings.add("encrypted packets of the mesh are captured", format!("{mesh} packets"), mesh > 0);
    Ok(())
}

fn is_mesh(packet: &Packet) -> bool {
    packet.kind == Kind::Udp && packet.endpoints().all(|(_, port)| port == 41641)
}
