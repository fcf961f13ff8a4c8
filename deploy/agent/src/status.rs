//! The status command: sites, nodes, leaders, lag and open circuit breakers as one agent sees them, or the location of a
//! restaurant.

use crate::{
    error::AgentError,
    inventory::Role,
    state::{CircuitState, DatabaseState, InstallationState, NodeState},
};
use reqwest::StatusCode;
use serde::Deserialize;
use std::{collections::BTreeSet, fmt::Write as _, net::Ipv4Addr, time::Duration};

const TIMEOUT: Duration = Duration::from_secs(5);
/// Age from which a state is shown with it, in milliseconds.
const OLD_MS: u64 = 15_000;

/// The location of a restaurant, as a server's `/placement` describes it.
#[derive(Debug, Deserialize)]
struct Placement {
    node: String,
    shard: Option<i64>,
    address: Option<String>,
}

/// The installation as the agent at a URL sees it, or the location of one restaurant.
pub async fn report(agent: &str, restaurant: Option<&str>) -> Result<String, AgentError> {
    let client = client()?;
    let agent = agent.trim_end_matches('/');
    let installation = get(&client, &format!("{agent}/installation")).await;
    let unreachable = |error| AgentError::invalid("the agent", format!("{error} (TOAST_AGENT_URL)"));
    let installation: InstallationState = installation.map_err(unreachable)?;
    let Some(slug) = restaurant else { return Ok(table(&installation)) };
    let url = |address: Ipv4Addr| format!("http://{address}:9464/placement");
    let placement = locate(&client, server_addresses(&installation).map(url), slug).await?;
    Ok(location(slug, &placement, &installation))
}

/// Without the operator's HTTP proxy, which does not reach the mesh.
fn client() -> Result<reqwest::Client, reqwest::Error> {
    reqwest::Client::builder().timeout(TIMEOUT).no_proxy().build()
}

async fn get<T: serde::de::DeserializeOwned>(client: &reqwest::Client, url: &str) -> Result<T, reqwest::Error> {
    client.get(url).send().await?.error_for_status()?.json().await
}

fn server_addresses(installation: &InstallationState) -> impl Iterator<Item = Ipv4Addr> {
    let servers = installation.nodes.iter().filter(|node| node.reachable && node.roles.contains(&Role::App));
    servers.filter_map(|node| node.mesh)
}

/// Asks servers until one knows the location.
async fn locate(
    client: &reqwest::Client,
    servers: impl Iterator<Item = String>,
    slug: &str,
) -> Result<Placement, AgentError> {
    let mut last = AgentError::Waiting("a server that responds".to_owned());
    for url in servers {
        let request = client.get(url).query(&[("restaurant", slug)]);
        let response = async { request.send().await?.error_for_status()?.json().await }.await;
        match response {
            Ok(placement) => return Ok(placement),
            Err(error) if error.status() == Some(StatusCode::NOT_FOUND) => {
                return Err(AgentError::invalid(slug, "there is no such restaurant"));
            }
            Err(error) => last = error.into(),
        }
    }
    Err(last)
}

fn location(slug: &str, placement: &Placement, installation: &InstallationState) -> String {
    let group = placement.node.strip_prefix("group-").map_or(Some(0), |group| group.parse().ok());
    let leader = group.and_then(|group| leader_of(installation, group));
    let leader = leader.map(|node| format!(", leader {} at site {}", node.name, node.site)).unwrap_or_default();
    let shard = placement.shard.map(|shard| format!(", shard {shard}")).unwrap_or_default();
    let address = placement.address.as_ref().map(|address| format!(", {address}")).unwrap_or_default();
    format!("{slug}: {}{shard}{address}{leader}", placement.node)
}

fn leader_of(installation: &InstallationState, group: u16) -> Option<&NodeState> {
    let leads = |database: &DatabaseState| database.role == "leader" && database.group == group;
    installation.nodes.iter().find(|node| node.database.as_ref().is_some_and(leads))
}

/// A block for each site with a line for each node, then the open circuit breakers.
fn table(installation: &InstallationState) -> String {
    let summary = &installation.inventory;
    let mut text = [summary.profile.as_str(), &summary.domain].join(", ").trim_matches([',', ' ']).to_owned();
    let sites: BTreeSet<&str> = installation.nodes.iter().map(|node| node.site.as_str()).collect();
    for site in sites {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "\nsite {}", if site.is_empty() { "?" } else { site });
        let nodes = installation.nodes.iter().filter(|node| node.site == site);
        for line in columns(&nodes.map(cells).collect::<Vec<_>>()) {
            let _ = writeln!(text, "  {line}");
        }
    }
    let open: Vec<String> = installation.nodes.iter().flat_map(open_circuits).collect();
    text.push_str(if open.is_empty() { "\nno open circuits" } else { "\nopen circuits" });
    text + &open.concat()
}

fn cells(node: &NodeState) -> [String; 4] {
    let roles: Vec<_> = node.roles.iter().map(|role| role.name()).collect();
    [node.name.clone(), roles.join("+"), condition(node), node.database.as_ref().map(database).unwrap_or_default()]
}

/// Whether a node is up, and which of its services are not.
fn condition(node: &NodeState) -> String {
    if !node.reachable {
        return "unreachable".to_owned();
    }
    let failed = node.services.iter().filter(|(_, state)| *state != "up");
    let mut parts: Vec<_> = failed.map(|(name, state)| format!("{name} {state}")).collect();
    if parts.is_empty() {
        parts.push("up".to_owned());
    }
    if node.age_ms > OLD_MS {
        parts.push(format!("seen {} s ago", node.age_ms / 1_000));
    }
    parts.join(", ")
}

fn database(database: &DatabaseState) -> String {
    let mut parts =
        vec![format!("group {} {} {}", database.group, database.role, database.state).trim_end().to_owned()];
    parts.extend(database.lag_bytes.map(|lag| if lag == 0 { "no lag".to_owned() } else { bytes(lag) + " behind" }));
    parts.extend(database.timeline.map(|timeline| format!("timeline {timeline}")));
    parts.join(", ")
}

fn open_circuits(node: &NodeState) -> impl Iterator<Item = String> {
    let open = node.circuits.iter().filter(|circuit| circuit.state != "closed");
    open.map(|CircuitState { database_node, state, why, recent_failures, .. }| {
        let why = why.as_ref().unwrap_or(state);
        format!("\n  {} -> {database_node} {why}, {recent_failures} failures lately", node.name)
    })
}

/// Pads each column to its widest cell.
fn columns<const N: usize>(rows: &[[String; N]]) -> Vec<String> {
    let mut widths = [0; N];
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = cell.chars().count().max(*width);
        }
    }
    let padded = |row: &[String; N]| {
        let cells: Vec<_> = row.iter().zip(widths).map(|(cell, width)| format!("{cell:<width$}")).collect();
        cells.join("  ").trim_end().to_owned()
    };
    rows.iter().map(padded).collect()
}

#[expect(clippy::cast_precision_loss, reason = "rounded for display")]
fn bytes(count: u64) -> String {
    match count {
        0..1024 => format!("{count} B"),
        1024..1_048_576 => format!("{:.1} KiB", count as f64 / 1024.0),
        _ => format!("{:.1} MiB", count as f64 / 1_048_576.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::{Router, routing::get};
    use http::StatusCode;
    use std::future::ready;

    const SAMPLE: &str = r#"{
        "inventory": {"profile": "multi", "domain": "toast.test"},
        "nodes": [
            {"name": "a-app1", "site": "a", "roles": ["app"], "reachable": true, "age_ms": 400,
             "services": {"toast-server": "up", "toast-haproxy": "down"},
             "circuits": [{"database_node": "group-1", "state": "open", "why": "hangs", "in_flight": 3, "recent_failures": 7},
                          {"database_node": "group-2", "state": "closed"}]},
            {"name": "a-w1", "site": "a", "roles": ["database"], "reachable": true,
             "database": {"group": 1, "role": "leader", "state": "running", "timeline": 3}},
            {"name": "b-w1", "site": "b", "roles": ["database"], "reachable": true, "age_ms": 95000,
             "database": {"group": 1, "role": "standby", "state": "streaming", "lag_bytes": 2097152, "timeline": 3}},
            {"name": "c-etcd", "site": "c", "roles": ["etcd"], "reachable": false},
            {}
        ]
    }"#;

    fn sample() -> InstallationState {
        serde_json::from_str(SAMPLE).unwrap()
    }

    async fn listen(router: Router) -> String {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await });
        url
    }

    #[test]
    fn shows_sites_roles_leaders_lag_and_open_circuits() {
        let text = table(&sample());
        for piece in [
            "multi, toast.test",
            "site a\n  a-app1  app       toast-haproxy down\n  a-w1    database  up                  group 1 leader",
            "b-w1  database  up, seen 95 s ago  group 1 standby streaming, 2.0 MiB behind, timeline 3",
            "c-etcd  etcd  unreachable",
            "open circuits\n  a-app1 -> group-1 hangs, 7 failures lately",
        ] {
            assert!(text.contains(piece), "{piece}\n---\n{text}");
        }
        assert!(!text.contains("group-2"));
    }

    #[test]
    fn an_agent_that_knows_nothing_is_shown_as_that() {
        assert_eq!(table(&InstallationState::default()), "\nno open circuits");
    }

    #[test]
    fn unknown_fields_of_a_circuit_are_passed_on() {
        let text = serde_json::to_value(sample()).unwrap();
        assert_eq!(text.pointer("/nodes/0/circuits/0/in_flight"), Some(&3.into()));
    }

    #[test]
    fn a_location_names_shard_address_and_leader() {
        let placement = |node: &str, shard, address: Option<&str>| {
            let placement = Placement { node: node.to_owned(), shard, address: address.map(str::to_owned) };
            location("toast", &placement, &sample())
        };
        assert_eq!(
            placement("group-1", Some(7), Some("100.64.0.3:5432")),
            "toast: group-1, shard 7, 100.64.0.3:5432, leader a-w1 at site a"
        );
        assert_eq!(placement("group-2", Some(8), None), "toast: group-2, shard 8");
        assert_eq!(placement("primary", None, None), "toast: primary");
    }

    #[tokio::test]
    async fn an_agent_that_does_not_respond_is_named() {
        let error = report("http://127.0.0.1:1", None).await.unwrap_err().to_string();
        assert!(error.contains("http://127.0.0.1:1") && error.contains("TOAST_AGENT_URL"), "{error}");
    }

    #[tokio::test]
    async fn reads_the_response_of_an_agent() {
        let agent = listen(Router::new().route("/installation", get(|| ready(SAMPLE)))).await;
        assert_eq!(report(&agent, None).await.unwrap(), table(&sample()));
    }

    #[tokio::test]
    async fn the_next_server_is_asked_when_one_fails() {
        let found = r#"{"restaurant": "toast", "node": "group-1", "shard": 7, "address": null}"#;
        let server = listen(Router::new().route("/placement", get(move || ready(found)))).await;
        let urls = ["http://127.0.0.1:1".to_owned(), format!("{server}/placement")];
        let placement = locate(&client().unwrap(), urls.into_iter(), "toast").await.unwrap();
        assert_eq!((placement.node.as_str(), placement.shard), ("group-1", Some(7)));
    }

    #[tokio::test]
    async fn a_missing_restaurant_is_named() {
        let server = listen(Router::new().route("/placement", get(|| ready(StatusCode::NOT_FOUND)))).await;
        let urls = [format!("{server}/placement")];
        let error = locate(&client().unwrap(), urls.into_iter(), "nowhere").await.unwrap_err().to_string();
        assert!(error.contains("nowhere"), "{error}");
    }
}
