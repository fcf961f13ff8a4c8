//! The world as the agents describe it to each other; whatever is missing is not known.

use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// Older news of a node is told with its age, in milliseconds.
const OLD_MS: u64 = 15_000;

/// Everything one agent knows.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct World {
    pub(super) inventory: Option<Inventory>,
    pub(super) nodes: Vec<WorldNode>,
}

/// What is run.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Inventory {
    profile: String,
    domain: String,
}

/// One node.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct WorldNode {
    pub(super) name: String,
    pub(super) site: String,
    pub(super) roles: Vec<String>,
    reachable: bool,
    age_ms: Option<u64>,
    services: BTreeMap<String, String>,
    pub(super) database: Option<Database>,
    circuits: Vec<Circuit>,
}

/// A database member.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Database {
    group: Option<i64>,
    role: String,
    state: String,
    lag_bytes: Option<u64>,
    timeline: Option<u64>,
}

/// What a server thinks of a database node.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Circuit {
    database_node: String,
    state: String,
    why: Option<String>,
    recent_failures: u64,
}

impl Inventory {
    pub(super) fn title(&self) -> String {
        [self.profile.as_str(), self.domain.as_str()]
            .into_iter()
            .filter(|part| !part.is_empty())
            .collect::<Vec<_>>()
            .join(", ")
    }
}

impl World {
    pub(super) fn sites(&self) -> BTreeSet<&str> {
        self.nodes.iter().map(|node| node.site.as_str()).collect()
    }

    /// The member that leads a group of nodes; the only group there is when the database is no cluster.
    pub(super) fn leader_of(&self, group: Option<i64>) -> Option<&WorldNode> {
        self.nodes
            .iter()
            .find(|node| node.database.as_ref().is_some_and(|database| database.leads() && database.group == group))
    }

    /// Each with the server that holds it open.
    pub(super) fn open_circuits(&self) -> Vec<(&str, String)> {
        let open = |node: &'_ WorldNode| {
            let open = node.circuits.iter().filter(|circuit| circuit.state != "closed");
            open.map(Circuit::words).collect::<Vec<_>>()
        };
        self.nodes.iter().flat_map(|node| open(node).into_iter().map(|words| (node.name.as_str(), words))).collect()
    }
}

impl WorldNode {
    /// Whether it is up, and what on it is not.
    pub(super) fn condition(&self) -> String {
        if !self.reachable {
            return "unreachable".to_owned();
        }
        let down = self.services.iter().filter(|(_, state)| *state != "up");
        let mut words: Vec<_> = down.map(|(name, state)| format!("{name} {state}")).collect();
        if words.is_empty() {
            words.push("up".to_owned());
        }
        if let Some(age) = self.age_ms.filter(|age| *age > OLD_MS) {
            words.push(format!("seen {} s ago", age / 1_000));
        }
        words.join(", ")
    }
}

impl Database {
    fn leads(&self) -> bool {
        matches!(self.role.as_str(), "leader" | "primary" | "master")
    }

    pub(super) fn words(&self) -> String {
        let group = self.group.map(|group| format!("group {group} ")).unwrap_or_default();
        let mut words = vec![format!("{group}{} {}", self.role, self.state).trim_end().to_owned()];
        if let Some(lag) = self.lag_bytes {
            words.push(if lag == 0 { "no lag".to_owned() } else { format!("{} behind", bytes(lag)) });
        }
        words.extend(self.timeline.map(|timeline| format!("timeline {timeline}")));
        words.join(", ")
    }
}

impl Circuit {
    fn words(&self) -> String {
        let why = self.why.as_deref().unwrap_or(&self.state);
        format!("{} {why}, {} failures lately", self.database_node, self.recent_failures)
    }
}

#[expect(clippy::cast_precision_loss, reason = "read by people")]
fn bytes(count: u64) -> String {
    match count {
        0..1024 => format!("{count} B"),
        1024..1_048_576 => format!("{:.1} KiB", count as f64 / 1024.0),
        _ => format!("{:.1} MiB", count as f64 / 1_048_576.0),
    }
}
