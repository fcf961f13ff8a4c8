//! Packet captures: `tcpdump` on all links of a network namespace.

use crate::pcap::{self, Packet};
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::{Child, Stdio},
    thread::sleep,
    time::Duration,
};
use support::{Environment, Error, Timestamp};
use testbed::{Node, Signal, network, paths};

/// For `tcpdump` to start and to stop.
const TIMEOUT: Duration = Duration::from_secs(20);
/// The kernel delivers packets to `tcpdump` once per second.
const FLUSH_DELAY: Duration = Duration::from_millis(1_600);
const BUFFER_KIB: &str = "65536";

/// A running capture; it ends when dropped.
pub(crate) struct Capture {
    namespace: String,
    child: Child,
    packets: PathBuf,
    log: PathBuf,
}

#[derive(Debug)]
pub(crate) struct CapturedTraffic {
    /// Packets received on any link.
    pub(crate) packets: Vec<Packet>,
    /// Names of links by their interface index.
    pub(crate) links: BTreeMap<u32, String>,
    /// Packets that the kernel dropped: an incomplete capture proves nothing.
    pub(crate) dropped: u64,
}

/// Why captures are not possible on this host.
pub(crate) fn unavailable() -> Option<&'static str> {
    let installed = ["/usr/bin/tcpdump", "/usr/sbin/tcpdump"].iter().any(|path| Path::new(path).exists());
    (!installed).then_some("tcpdump is not installed; install Debian's package tcpdump")
}

impl Capture {
    /// On the router, which has the links of all nodes and the bridges of all sites.
    pub(crate) fn on_router(environment: &Environment) -> Result<Self, Error> {
        Self::start(environment, paths::ROUTER)
    }

    /// Inside a node, where traffic of the mesh is not encrypted.
    pub(crate) fn inside(environment: &Environment, node: &Node) -> Result<Self, Error> {
        Self::start(environment, &paths::namespace(&node.name))
    }

    fn start(environment: &Environment, namespace: &str) -> Result<Self, Error> {
        let packets = environment.file(&format!("{namespace}.pcap"));
        let log = environment.file(&format!("{namespace}.tcpdump"));
        let stderr = fs::File::create(&log).map_err(Error::io(log.display()))?;
        let mut command = network::enter(namespace, "tcpdump");
        command.args(["-i", "any", "-y", "LINUX_SLL2", "-n", "-s", "0", "-B", BUFFER_KIB, "-Z", "root", "-w"]);
        // Inbound is complete and without duplicates: what a node sends is inbound at its bridge.
        command.arg(&packets).arg("inbound").stdin(Stdio::null()).stdout(Stdio::null()).stderr(stderr);
        let child = command.spawn().map_err(Error::io("tcpdump"))?;
        let mut capture = Self { namespace: namespace.to_owned(), child, packets, log };
        capture.wait_until_listening()?;
        Ok(capture)
    }

    fn wait_until_listening(&mut self) -> Result<(), Error> {
        let deadline = Timestamp::now().plus(TIMEOUT);
        while !self.output().contains("listening on") {
            let ended = self.child.try_wait().map_err(Error::io("tcpdump"))?.is_some();
            if ended || Timestamp::now() > deadline {
                return Err(Error::failed("tcpdump", self.output().trim()));
            }
            sleep(Duration::from_millis(50));
        }
        Ok(())
    }

    fn output(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }

    pub(crate) fn stop(mut self) -> Result<CapturedTraffic, Error> {
        sleep(FLUSH_DELAY);
        testbed::process::signal(Signal::Interrupt, [self.child.id()])?;
        let deadline = Timestamp::now().plus(TIMEOUT);
        while self.child.try_wait().map_err(Error::io("tcpdump"))?.is_none() {
            if Timestamp::now() > deadline {
                return Err(Error::failed("tcpdump", "does not stop"));
            }
            sleep(Duration::from_millis(50));
        }
        let bytes = fs::read(&self.packets).map_err(Error::io(self.packets.display()))?;
        let packets = pcap::read(&bytes).map_err(|why| Error::failed(self.packets.display(), why))?;
        let listed = network::enter(&self.namespace, "ip").args(["-o", "link"]).output();
        let listed = listed.map_err(Error::io("ip"))?.stdout;
        let dropped = dropped(&self.output()).ok_or_else(|| Error::failed("tcpdump", self.output().trim()))?;
        Ok(CapturedTraffic { packets, links: links(&String::from_utf8_lossy(&listed)), dropped })
    }
}

impl Drop for Capture {
    fn drop(&mut self) {
        if let Ok(None) = self.child.try_wait() {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
        let _ = fs::remove_file(&self.packets);
    }
}

impl CapturedTraffic {
    /// The name of a packet's link.
    pub(crate) fn link(&self, packet: &Packet) -> &str {
        self.links.get(&packet.link).map_or("a removed link", String::as_str)
    }

    /// Up to six kinds of packets with their counts.
    pub(crate) fn describe<'a>(&self, packets: impl Iterator<Item = &'a Packet>) -> String {
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        for packet in packets {
            *counts.entry(format!("{packet} on {}", self.link(packet))).or_default() += 1;
        }
        let shown: Vec<_> = counts.iter().take(6).map(|(kind, count)| format!("{count} × {kind}")).collect();
        let rest = counts.len().saturating_sub(shown.len());
        let more = if rest > 0 { format!(", and {rest} other kinds") } else { String::new() };
        format!("{}{more}", shown.join(", "))
    }
}

/// Parses `ip -o link`.
pub(crate) fn links(listed: &str) -> BTreeMap<u32, String> {
    let read = |line: &str| {
        let mut parts = line.split(": ");
        let number = parts.next()?.trim().parse().ok()?;
        let name = parts.next()?.split('@').next()?;
        Some((number, name.to_owned()))
    };
    listed.lines().filter_map(read).collect()
}

/// Parses the statistics that `tcpdump` prints at its end.
fn dropped(output: &str) -> Option<u64> {
    let line = output.lines().find(|line| line.contains("dropped by kernel"))?;
    line.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dropped_packets_are_read_from_the_statistics() {
        let output = "tcpdump: listening on any, link-type LINUX_SLL2\n12 packets captured\n14 packets received by filter\n3 packets dropped by kernel\n";
        assert_eq!(dropped(output), Some(3));
        assert_eq!(dropped("tcpdump: any: no such device\n"), None);
    }

    #[test]
    fn names_of_links_are_read_without_their_peers() {
        let listed =
            "1: lo: <LOOPBACK,UP> mtu 65536\n12: w3@if2: <BROADCAST> mtu 1500\n5: site-a: <BROADCAST> mtu 1500\n";
        let expected = [(1, "lo"), (5, "site-a"), (12, "w3")].map(|(number, name)| (number, name.to_owned()));
        assert_eq!(links(listed), expected.into());
    }

    #[test]
    fn equal_packets_are_described_once() {
        let frames = vec![pcap::tests::ip(6, ([10, 1, 0, 1], 4), ([10, 1, 0, 2], 9), ""); 3];
        let packets = pcap::read(&pcap::tests::file(&frames)).unwrap();
        let captured = CapturedTraffic { packets, links: [(7, "w1".to_owned())].into(), dropped: 0 };
        assert_eq!(captured.describe(captured.packets.iter()), "3 × tcp 10.1.0.1:4 > 10.1.0.2:9 on w1");
    }
}
