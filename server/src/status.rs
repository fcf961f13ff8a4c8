//! What operators read at a glance: sites, nodes, leaders, lag and open circuits, and which node holds a restaurant.

mod world;

use crate::{
    db::{ReadFrom, Store},
    error::ServerError,
    queries::restaurants,
};
use std::{fmt::Write as _, time::Duration};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};
use world::{Database, World, WorldNode};

/// How long the agent may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// The world as the agent at an address sees it, or where a restaurant is as the database says.
pub async fn report(
    agent: &str,
    restaurant: Option<&str>,
    store: impl FnOnce() -> Result<Store, ServerError>,
) -> Result<String, ServerError> {
    match restaurant {
        Some(slug) => {
            let world = ask(agent).await.unwrap_or_default();
            place(slug, &store()?, &world).await
        }
        None => Ok(table(&ask(agent).await?)),
    }
}

async fn place(slug: &str, store: &Store, world: &World) -> Result<String, ServerError> {
    let restaurant = restaurants::named(store, ReadFrom::Leader, slug)
        .await?
        .ok_or_else(|| ServerError::Broken(format!("no restaurant is called {slug}")))?;
    let place = store.place_of(restaurant).await;
    let group: Option<i64> = place.node.strip_prefix("group-").and_then(|group| group.parse().ok());
    let leader = world.leader_of(group).map(|node| format!(", leader {} at site {}", node.name, node.site));
    let shard = place.shard.map(|shard| format!(", shard {shard}")).unwrap_or_default();
    let address = place.address.map(|address| format!(", {address}")).unwrap_or_default();
    Ok(format!("{slug}: {}{shard}{address}{}", place.node, leader.unwrap_or_default()))
}

async fn ask(agent: &str) -> Result<World, ServerError> {
    let unreadable = |why: String| ServerError::Broken(format!("the agent at {agent}: {why} (TOAST_AGENT_URL)"));
    let answer = tokio::time::timeout(PATIENCE, get(agent, "/world")).await;
    let answer =
        answer.map_err(|_| unreadable("no answer".to_owned()))?.map_err(|error| unreadable(error.to_string()))?;
    let (head, body) = answer.split_once("\r\n\r\n").ok_or_else(|| unreadable("not HTTP".to_owned()))?;
    let first = head.lines().next().unwrap_or_default();
    if !first.contains(" 200 ") {
        return Err(unreadable(first.to_owned()));
    }
    serde_json::from_str(body).map_err(|error| unreadable(error.to_string()))
}

/// The agent is a neighbour that speaks plain HTTP; for one question a client of its own would be too much.
async fn get(authority: &str, path: &str) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(authority).await?;
    stream.write_all(format!("GET {path} HTTP/1.0\r\nHost: {authority}\r\n\r\n").as_bytes()).await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    Ok(answer)
}

/// The world as a table: a block for each site, a line for each node.
fn table(world: &World) -> String {
    let mut text = world.inventory.as_ref().map(world::Inventory::title).unwrap_or_default();
    for site in world.sites() {
        let nodes: Vec<_> = world.nodes.iter().filter(|node| node.site == site).collect();
        // Writing into a string cannot fail.
        let _ = writeln!(text, "\nsite {}", if site.is_empty() { "?" } else { site });
        for line in columns(&nodes.iter().map(|node| line(node)).collect::<Vec<_>>()) {
            let _ = writeln!(text, "  {line}");
        }
    }
    let circuits = world.open_circuits();
    if circuits.is_empty() {
        let _ = write!(text, "\nno open circuits");
    } else {
        let _ = write!(text, "\nopen circuits");
        for (node, circuit) in circuits {
            let _ = write!(text, "\n  {node} -> {circuit}");
        }
    }
    text
}

fn line(node: &WorldNode) -> [String; 4] {
    let database = node.database.as_ref().map(Database::words).unwrap_or_default();
    [node.name.clone(), node.roles.join("+"), node.condition(), database]
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

#[cfg(test)]
mod tests {
    use super::*;

    const SAMPLE: &str = r#"{
        "inventory": {"profile": "multi", "domain": "toast.test"},
        "nodes": [
            {"name": "a-app1", "site": "a", "roles": ["app"], "reachable": true, "age_ms": 400,
             "services": {"toast-server": "up", "toast-haproxy": "down"},
             "circuits": [{"database_node": "group-1", "state": "open", "why": "hangs", "in_flight": 3, "recent_failures": 7},
                          {"database_node": "group-2", "state": "closed"}]},
            {"name": "a-w1", "site": "a", "roles": ["db"], "reachable": true,
             "database": {"group": 1, "role": "leader", "state": "running", "timeline": 3}},
            {"name": "b-w1", "site": "b", "roles": ["db"], "reachable": true, "age_ms": 95000,
             "database": {"group": 1, "role": "standby", "state": "streaming", "lag_bytes": 2097152, "timeline": 3}},
            {"name": "c-etcd", "site": "c", "roles": ["etcd"], "reachable": false},
            {}
        ]
    }"#;

    #[test]
    fn shows_sites_roles_leaders_lag_and_open_circuits() {
        let text = table(&serde_json::from_str(SAMPLE).unwrap());
        for piece in [
            "multi, toast.test",
            "site a\n  a-app1  app  toast-haproxy down\n  a-w1    db   up                  group 1 leader",
            "b-w1  db  up, seen 95 s ago  group 1 standby streaming, 2.0 MiB behind, timeline 3",
            "c-etcd  etcd  unreachable",
            "open circuits\n  a-app1 -> group-1 hangs, 7 failures lately",
        ] {
            assert!(text.contains(piece), "{piece}\n---\n{text}");
        }
        assert!(!text.contains("group-2"));
    }

    #[test]
    fn finds_the_leader_of_a_group() {
        let world: World = serde_json::from_str(SAMPLE).unwrap();
        assert_eq!(world.leader_of(Some(1)).unwrap().name, "a-w1");
        assert!(world.leader_of(Some(2)).is_none() && world.leader_of(None).is_none());
    }

    #[test]
    fn an_agent_that_knows_nothing_is_shown_as_that() {
        assert_eq!(table(&serde_json::from_str("{}").unwrap()), "\nno open circuits");
    }

    #[tokio::test]
    async fn an_agent_that_is_not_there_is_named() {
        let error = ask("127.0.0.1:1").await.unwrap_err().to_string();
        assert!(error.contains("127.0.0.1:1") && error.contains("TOAST_AGENT_URL"), "{error}");
    }

    #[tokio::test]
    async fn reads_what_an_agent_answers() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let addr = listener.local_addr().unwrap().to_string();
        let router = axum::Router::new().route("/world", axum::routing::get(|| std::future::ready(SAMPLE)));
        let serving = tokio::spawn(async move { axum::serve(listener, router).await });
        assert_eq!(ask(&addr).await.unwrap().nodes.len(), 5);
        serving.abort();
    }
}
