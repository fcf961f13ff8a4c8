//! Reads the map of shards again, and connects the groups.

use crate::db::{
    cluster_map::{ClusterMap, check_group},
    node::{Detour, Endpoint, Node},
    topology::{Current, Topology},
};
use futures::{StreamExt as _, future::join_all, stream};
use sqlx::postgres::PgConnectOptions;
use std::{
    collections::BTreeMap,
    sync::Arc,
    time::{Duration, Instant},
};

/// Pause between two readings after a failure.
const RETRY_PAUSE: Duration = Duration::from_secs(2);
/// While neither the coordinator nor a map is available, the map is looked for at the groups up to this number.
const MAX_GUESSED_GROUP: i32 = 16;
/// Workers that are asked for the map at the same time.
const CONCURRENCY: usize = 8;

impl Topology {
    pub(super) fn refresh_after_failure(self: &Arc<Self>) {
        if self.known().is_none_or(|current| current.read_at.elapsed() > RETRY_PAUSE) {
            self.refresh_in_background();
        }
    }

    pub(super) fn refresh_in_background(self: &Arc<Self>) {
        if self.last_failure.try_lock().is_ok() {
            let topology = self.clone();
            tokio::spawn(async move { topology.refresh().await });
        }
    }

    /// Reads the map. Single flight: a caller that waited for another's reading uses its result, also a failure.
    pub(super) async fn refresh(&self) {
        let begun = Instant::now();
        let mut last_failure = self.last_failure.lock().await;
        let (known, has_failed) = (self.known(), last_failure.is_some_and(|at| at.elapsed() < RETRY_PAUSE));
        if has_failed || known.as_ref().is_some_and(|current| current.read_at > begun) {
            return;
        }
        let map = self.read_map(known.as_deref()).await;
        *last_failure = map.is_none().then(Instant::now);
        let next = match (map, known) {
            (Some(map), known) => {
                let groups = self.connect_groups(&map, known.as_deref()).await;
                Some(Current { read_at: Instant::now(), map: Arc::new(map), groups })
            }
            (None, Some(known)) => Some(Current { read_at: Instant::now(), ..Current::clone(&known) }),
            (None, None) => None,
        };
        *self.current.write() = next.map(Arc::new);
    }

    /// From the coordinator, which learns of changes first; else from a worker, to which the cluster copies its metadata; else from
    /// the region's replica.
    async fn read_map(&self, known: Option<&Current>) -> Option<ClusterMap> {
        match ClusterMap::read(&self.options).await {
            Ok(map) => return Some(map),
            Err(reason) => tracing::debug!(reason, "shard map cannot be read from the primary"),
        }
        let mut servers = self.workers(known);
        servers.extend(self.replica.iter().map(|replica| replica.pool.connect_options().as_ref().clone()));
        let mut maps = stream::iter(servers.into_iter().map(read_copy)).buffered(CONCURRENCY);
        while let Some(map) = maps.next().await {
            if map.is_some() {
                return map;
            }
        }
        None
    }

    fn workers(&self, known: Option<&Current>) -> Vec<PgConnectOptions> {
        match known {
            Some(known) => known.groups.keys().filter_map(|group| self.direct_options(&known.map, *group)).collect(),
            None if self.group_ports.is_none() => Vec::new(),
            None => {
                (1..=MAX_GUESSED_GROUP).filter_map(|group| self.direct_options(&ClusterMap::default(), group)).collect()
            }
        }
    }

    /// The nodes of all groups; those of removed groups are dropped with their connections.
    async fn connect_groups(&self, map: &ClusterMap, known: Option<&Current>) -> BTreeMap<i32, Arc<Node>> {
        let mut groups = known.map(|known| known.groups.clone()).unwrap_or_default();
        groups.retain(|group, _| map.addresses.contains_key(group));
        let mut connecting = Vec::new();
        for group in map.addresses.keys().copied().filter(|group| *group != 0) {
            let node = groups.entry(group).or_insert_with(|| {
                let detour = Detour { reason: String::new(), until: Instant::now() };
                let endpoint = self.through_coordinator(map, group, detour);
                Node::new(format!("group-{group}"), endpoint, self.connections)
            });
            connecting.push(self.connect_group(map, group, node.clone()));
        }
        join_all(connecting).await;
        groups
    }

    /// Goes straight to a group once its server has been checked.
    async fn connect_group(&self, map: &ClusterMap, group: i32, node: Arc<Node>) {
        let Some(server) = self.direct_options(map, group) else { return };
        if node.leads_to(&server) || node.detour().is_some_and(|detour| detour.until > Instant::now()) {
            return;
        }
        node.set_endpoint(match check_group(&server, group).await {
            Ok(()) => Endpoint::new(server, "SELECT 1".to_owned()),
            Err(reason) => self.through_coordinator(map, group, Detour { reason, until: Instant::now() }),
        });
    }

    fn direct_options(&self, map: &ClusterMap, group: i32) -> Option<PgConnectOptions> {
        let options = self.options.clone();
        if let Some(first) = self.group_ports {
            return Some(options.port(first.checked_add(u16::try_from(group).ok()?)?));
        }
        let (host, port) = map.addresses.get(&group)?;
        Some(options.host(host).port(*port))
    }

    /// A probe through the coordinator has to ask for a row of the group, or it would say nothing about it.
    pub(super) fn through_coordinator(&self, map: &ClusterMap, group: i32, detour: Detour) -> Endpoint {
        let query = map.shards.sample_restaurant(group).map_or_else(
            || "SELECT 1".to_owned(),
            |id| format!("SELECT 1 FROM restaurants WHERE restaurant_id = '{id}'"),
        );
        Endpoint { detour: Some(detour), ..Endpoint::new(self.options.clone(), query) }
    }
}

/// From a node that the cluster copies its metadata to. One without metadata has an empty map.
async fn read_copy(server: PgConnectOptions) -> Option<ClusterMap> {
    ClusterMap::read(&server).await.ok().filter(|map| !map.shards.is_empty())
}
