//! Listening on wires: a `tcpdump` on every link of a network namespace at once.

use super::packet::{self, Packet};
use crate::{failure::Failure, moment::Moment, stage::Stage};
use std::{
    collections::BTreeMap,
    fs,
    path::PathBuf,
    process::{Child, Stdio},
    thread::sleep,
    time::Duration,
};
use testbed::{Node, Signal, network, paths};

/// How long `tcpdump` may take to begin and to end.
const PATIENCE: Duration = Duration::from_secs(20);
/// The kernel hands packets over once a second; what was sent last is there by then.
const TO_ARRIVE: Duration = Duration::from_millis(1_600);
/// KiB that packets wait in until they are written.
const BUFFER: &str = "65536";

/// A wire that is being listened on; until it is dropped at the latest.
pub(super) struct Tap {
    namespace: String,
    child: Child,
    packets: PathBuf,
    words: PathBuf,
}

/// What was heard.
#[derive(Debug)]
pub(super) struct Heard {
    /// Everything that came in on any link.
    pub(super) packets: Vec<Packet>,
    /// Names of links by their numbers.
    pub(super) links: BTreeMap<u32, String>,
    /// Packets that went by too fast to be written. A capture that lacks some proves nothing.
    pub(super) missed: u64,
}

/// Why there cannot be any listening here.
pub(super) fn unable() -> Option<&'static str> {
    let there = ["/usr/bin/tcpdump", "/usr/sbin/tcpdump"].into_iter().any(crate::stage::has);
    (!there).then_some("tcpdump is not installed; install Debian's package tcpdump")
}

impl Tap {
    /// Listens where the cables of all nodes and the bridges of all sites are.
    pub(super) fn on_all_wires(stage: &Stage) -> Result<Self, Failure> {
        Self::on(stage, paths::ROUTER)
    }

    /// Listens inside a node, where the mesh is in clear.
    pub(super) fn inside(stage: &Stage, node: &Node) -> Result<Self, Failure> {
        Self::on(stage, &paths::namespace(&node.name))
    }

    fn on(stage: &Stage, namespace: &str) -> Result<Self, Failure> {
        let (packets, words) = (stage.file(&format!("{namespace}.pcap")), stage.file(&format!("{namespace}.tcpdump")));
        let log = fs::File::create(&words).map_err(Failure::system(words.display()))?;
        let mut command = network::enter(namespace, "tcpdump");
        command.args(["-i", "any", "-y", "LINUX_SLL2", "-n", "-s", "0", "-B", BUFFER, "-Z", "root", "-w"]);
        // Where a packet comes in is enough: everything that a node sends comes in at its bridge.
        command.arg(&packets).arg("inbound").stdin(Stdio::null()).stdout(Stdio::null()).stderr(log);
        let child = command.spawn().map_err(Failure::system("tcpdump"))?;
        let mut tap = Self { namespace: namespace.to_owned(), child, packets, words };
        tap.wait_until_listening()?;
        Ok(tap)
    }

    fn wait_until_listening(&mut self) -> Result<(), Failure> {
        let deadline = Moment::now().plus(PATIENCE);
        while !self.said().contains("listening on") {
            let ended = self.child.try_wait().map_err(Failure::system("tcpdump"))?.is_some();
            if ended || Moment::now() > deadline {
                return Err(Failure::wrong("tcpdump", self.said().trim()));
            }
            sleep(Duration::from_millis(50));
        }
        Ok(())
    }

    fn said(&self) -> String {
        fs::read_to_string(&self.words).unwrap_or_default()
    }

    /// Ends listening and reads what was heard.
    pub(super) fn stop(mut self) -> Result<Heard, Failure> {
        sleep(TO_ARRIVE);
        testbed::process::signal(Signal::Interrupt, [self.child.id()])?;
        let deadline = Moment::now().plus(PATIENCE);
        while self.child.try_wait().map_err(Failure::system("tcpdump"))?.is_none() {
            if Moment::now() > deadline {
                return Err(Failure::wrong("tcpdump", "does not end"));
            }
            sleep(Duration::from_millis(50));
        }
        let bytes = fs::read(&self.packets).map_err(Failure::system(self.packets.display()))?;
        let packets = packet::read_file(&bytes).map_err(|why| Failure::wrong(self.packets.display(), why))?;
        let listed = network::enter(&self.namespace, "ip").args(["-o", "link"]).output();
        let listed = listed.map_err(Failure::system("ip"))?.stdout;
        let missed = missed(&self.said()).ok_or_else(|| Failure::wrong("tcpdump", self.said().trim()))?;
        Ok(Heard { packets, links: links(&String::from_utf8_lossy(&listed)), missed })
    }
}

impl Drop for Tap {
    fn drop(&mut self) {
        if let Ok(None) = self.child.try_wait() {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
        let _ = fs::remove_file(&self.packets);
    }
}

impl Heard {
    /// The name of the link that a packet was on.
    pub(super) fn link(&self, packet: &Packet) -> &str {
        self.links.get(&packet.link).map_or("a link that is gone", String::as_str)
    }

    /// Some packets in words, the same ones once with their count.
    pub(super) fn describe<'a>(&self, packets: impl Iterator<Item = &'a Packet>) -> String {
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        for packet in packets {
            *counts.entry(format!("{packet} on {}", self.link(packet))).or_default() += 1;
        }
        let shown: Vec<_> = counts.iter().take(6).map(|(words, count)| format!("{count} × {words}")).collect();
        let rest = counts.len().saturating_sub(shown.len());
        let more = if rest > 0 { format!(", and {rest} other kinds") } else { String::new() };
        format!("{}{more}", shown.join(", "))
    }
}

/// Reads what `ip -o link` lists.
pub(super) fn links(listed: &str) -> BTreeMap<u32, String> {
    let read = |line: &str| {
        let mut parts = line.split(": ");
        let number = parts.next()?.trim().parse().ok()?;
        let name = parts.next()?.split('@').next()?;
        Some((number, name.to_owned()))
    };
    listed.lines().filter_map(read).collect()
}

/// Reads from the last words of `tcpdump` how many packets it did not get.
fn missed(said: &str) -> Option<u64> {
    let line = said.lines().find(|line| line.contains("dropped by kernel"))?;
    line.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_words_tell_what_was_missed() {
        let said = "tcpdump: listening on any, link-type LINUX_SLL2\n12 packets captured\n14 packets received by filter\n3 packets dropped by kernel\n";
        assert_eq!(missed(said), Some(3));
        assert_eq!(missed("tcpdump: any: no such device\n"), None);
    }

    #[test]
    fn links_have_names_without_their_other_ends() {
        let listed =
            "1: lo: <LOOPBACK,UP> mtu 65536\n12: w3@if2: <BROADCAST> mtu 1500\n5: site-a: <BROADCAST> mtu 1500\n";
        let expected = [(1, "lo"), (5, "site-a"), (12, "w3")].map(|(number, name)| (number, name.to_owned()));
        assert_eq!(links(listed), expected.into());
    }

    #[test]
    fn the_same_packet_is_told_once() {
        let frames = vec![packet::tests::ip(6, ([10, 1, 0, 1], 4), ([10, 1, 0, 2], 9), ""); 3];
        let packets = packet::read_file(&packet::tests::file(&frames)).unwrap();
        let heard = Heard { packets, links: [(7, "w1".to_owned())].into(), missed: 0 };
        assert_eq!(heard.describe(heard.packets.iter()), "3 × tcp 10.1.0.1:4 > 10.1.0.2:9 on w1");
    }
}
