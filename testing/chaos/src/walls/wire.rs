//! What can be overheard: while an order passes through the whole world, every wire carries the mesh and nothing in clear.

use super::{
    Findings,
    packet::{Kind, Packet},
    table::{self, Doors},
    tap::{self, Heard, Tap},
};
use crate::{failure::Failure, moment::Moment, stage::Stage};
use agent::inventory::Role;
use std::{collections::BTreeSet, net::Ipv4Addr, thread::sleep, time::Duration};
use testbed::Node;

/// Longer than an agent's round: health is asked for, names are looked up, the mesh keeps itself alive.
const LISTENING: Duration = Duration::from_secs(12);
/// A port that no table names.
const FOREIGN: u16 = 9;
/// The links that a node may have; only the first two may know addresses of the mesh.
const LINKS: [&str; 4] = ["lo", "tailscale0", "wan0", "pub0"];

pub(super) fn listen(stage: &Stage, findings: &mut Findings<'_>) -> Result<(), Failure> {
    if let Some(why) = tap::unable() {
        findings.skip(why);
        return Ok(());
    }
    look_at_links(stage, findings)?;
    let words = Words::new();
    let control = Control::of(stage)?;
    let wires = Tap::on_all_wires(stage)?;
    let ingresses: Vec<_> = stage.world.with_role(Role::Ingress).collect();
    let inside = ingresses.iter().map(|node| Tap::inside(stage, node)).collect::<Result<Vec<_>, _>>()?;
    let shop = order(stage, &words.secret)?;
    control.speak_in_clear(&words.clear)?;
    sleep(LISTENING);
    let heard = wires.stop()?;
    let inside = inside.into_iter().map(Tap::stop).collect::<Result<Vec<_>, _>>()?;
    tell_completeness(&heard, findings);
    tell_marks(&heard, &inside, &words, &shop, findings);
    tell_kinds(stage, &heard, &control, findings)
}

/// Words that nobody says by chance.
struct Words {
    secret: String,
    clear: String,
}

impl Words {
    fn new() -> Self {
        let now = Moment::now().0;
        Self { secret: format!("hiddenmark{now}"), clear: format!("clearmark{now}") }
    }
}

/// The positive twin: a request in clear to a door that is open beneath the mesh, and one to a port that has none.
struct Control<'a> {
    from: &'a Node,
    door: Ipv4Addr,
    wall: Ipv4Addr,
}

impl<'a> Control<'a> {
    fn of(stage: &'a Stage) -> Result<Self, Failure> {
        let from = stage.world.first(Role::App)?;
        let wall = stage.world.first(Role::Database)?.underlay;
        Ok(Self { from, door: stage.world.first(Role::Control)?.underlay, wall })
    }

    fn speak_in_clear(&self, word: &str) -> Result<(), Failure> {
        for url in [format!("http://{}:443/{word}", self.door), format!("http://{}:{FOREIGN}/{word}", self.wall)] {
            let mut command = self.from.command("curl")?;
            command.args(["--silent", "--output", "/dev/null", "--max-time", "2", &url]);
            // That it is refused or not answered is not the point.
            command.status().map_err(Failure::system("curl"))?;
        }
        Ok(())
    }

    fn sent(&self, packet: &Packet) -> bool {
        packet.kind == Kind::Tcp && packet.ends().any(|end| end == (self.wall, FOREIGN))
    }
}

/// What a listener on the wires between nodes cannot hear must not be sent on another link.
fn look_at_links(stage: &Stage, findings: &mut Findings<'_>) -> Result<(), Failure> {
    let mut others = BTreeSet::new();
    for node in stage.world.nodes().filter(|node| node.in_mesh) {
        for (_, name) in tap::links(&node.run("ip", &["-o", "link"])?) {
            if !LINKS.contains(&name.as_str()) {
                others.insert(format!("{name} on {}", node.name));
            }
        }
    }
    let found =
        if others.is_empty() { "none".to_owned() } else { others.iter().cloned().collect::<Vec<_>>().join(", ") };
    findings.note("a node has no link besides its cables, the mesh and itself", found, others.is_empty());
    Ok(())
}

/// Orders as a guest does, through names, TLS and an ingress; answers at which restaurant.
fn order(stage: &Stage, mark: &str) -> Result<String, Failure> {
    let names: Vec<_> = stage.world.with_role(Role::Dns).map(|node| node.underlay.to_string()).collect();
    let options = [
        ("--url", format!("https://{}", stage.world.inventory().domain)),
        ("--dns", names.join(",")),
        ("--ca", "/etc/toast/guest-roots.pem".to_owned()),
        ("--terms", stage.file("terms.json").display().to_string()),
        ("--mark", mark.to_owned()),
    ];
    let mut words = vec!["mark".to_owned()];
    words.extend(options.into_iter().flat_map(|(name, value)| [name.to_owned(), value]));
    stage.run_inside(stage.client()?, &words)
}

fn tell_completeness(heard: &Heard, findings: &mut Findings<'_>) {
    let found = format!("{} heard, {} missed", heard.packets.len(), heard.missed);
    findings.note("every packet is heard", found, heard.missed == 0 && !heard.packets.is_empty());
}

fn tell_marks(heard: &Heard, inside: &[Heard], words: &Words, shop: &str, findings: &mut Findings<'_>) {
    let with = |heard: &Heard, word: &str, link: Option<&str>| {
        let here = |packet: &&Packet| link.is_none_or(|link| heard.link(packet) == link);
        heard.packets.iter().filter(here).filter(|packet| packet.holds(word.as_bytes())).count()
    };
    let secret = with(heard, &words.secret, None);
    let promise = "the name under which a guest orders is in no packet on any wire";
    findings.note(promise, format!("in {secret} of {} ({shop})", heard.packets.len()), secret == 0);
    let in_mesh: usize = inside.iter().map(|heard| with(heard, &words.secret, Some("tailscale0"))).sum();
    let promise = "the same name is heard inside the ingress, where the mesh is in clear";
    findings.note(promise, format!("in {in_mesh} packets"), in_mesh > 0);
    let clear = with(heard, &words.clear, None);
    let promise = "a request outside the mesh, in clear and on purpose, is heard";
    findings.note(promise, format!("in {clear} packets"), clear > 0);
}

fn tell_kinds(stage: &Stage, heard: &Heard, control: &Control<'_>, findings: &mut Findings<'_>) -> Result<(), Failure> {
    let doors = Doors::of(stage.world.inventory(), &table::of_world(stage)?);
    let foreign: Vec<_> = heard.packets.iter().filter(|packet| !doors.let_pass(packet)).collect();
    let (sent, strange): (Vec<_>, Vec<_>) = foreign.into_iter().partition(|packet| control.sent(packet));
    let found = match strange.len() {
        0 => format!("all {}", heard.packets.len() - sent.len()),
        count => format!("{count} others: {}", heard.describe(strange.iter().copied())),
    };
    findings.note("all packets are of the mesh, its control, or a door of the table", found, strange.is_empty());
    let found = format!("{} packets", sent.len());
    findings.note("an attempt at a port without a door, on purpose, is noticed", found, !sent.is_empty());
    let inner: Vec<_> = heard.packets.iter().filter(|packet| packet.is_of_the_mesh()).collect();
    let found = if inner.is_empty() { "none".to_owned() } else { heard.describe(inner.iter().copied()) };
    findings.note("no packet on a wire has an address of the mesh", found, inner.is_empty());
    let mesh = heard.packets.iter().filter(|packet| is_mesh(packet)).count();
    findings.note("the mesh itself is heard", format!("{mesh} packets"), mesh > 0);
    Ok(())
}

fn is_mesh(packet: &Packet) -> bool {
    packet.kind == Kind::Udp && packet.ends().all(|(_, port)| port == 41641)
}
