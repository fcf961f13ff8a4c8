//! Reads all shards: with Citus each by its own name on the leader that holds it, otherwise the tables themselves.

use super::nodes::Leader;
use sqlx::{AssertSqlSafe, Connection, FromRow, PgConnection, postgres::PgConnectOptions, postgres::PgRow};
use std::{collections::BTreeMap, str::FromStr, time::Duration};
use support::{Error, Timestamp};
use uuid::Uuid;

/// Shard names by table and by the leader's position in [`Reader::leaders`].
type Shards = BTreeMap<String, BTreeMap<usize, Vec<String>>>;

const TABLES: [&str; 12] = [
    "restaurants",
    "service_modes",
    "delivery_zones",
    "charges",
    "orders",
    "order_lines",
    "order_events",
    "order_counters",
    "idempotency_keys",
    "outbox",
    "outbox_positions",
    "slugs",
];

/// Connections to all leaders.
pub(super) struct Reader {
    pub(super) leaders: Vec<(Leader, PgConnection)>,
    shards: Shards,
}

impl Reader {
    pub(super) async fn open(urls: &[String], deadline: Timestamp) -> Result<Self, Error> {
        loop {
            match Self::open_any(urls).await {
                Ok(reader) => return Ok(reader),
                Err(error) if Timestamp::now() > deadline => return Err(error),
                Err(_) => tokio::time::sleep(Duration::from_secs(1)).await,
            }
        }
    }

    async fn open_any(urls: &[String]) -> Result<Self, Error> {
        let mut last = Error::failed("--database", "name at least one");
        for url in urls {
            match Self::open_at(url).await {
                Ok(reader) => return Ok(reader),
                Err(error) => last = error,
            }
        }
        Err(last)
    }

    async fn open_at(url: &str) -> Result<Self, Error> {
        let options = PgConnectOptions::from_str(url).map_err(Error::database("the database's URL"))?;
        let mut first = connect(&options).await?;
        let is_standby: bool = sqlx::query_scalar("SELECT pg_is_in_recovery()")
            .fetch_one(&mut first)
            .await
            .map_err(Error::database("looking for the leader"))?;
        if is_standby {
            return Err(Error::failed(options.get_host(), "is a standby"));
        }
        let is_cluster: bool = sqlx::query_scalar("SELECT EXISTS (SELECT FROM pg_extension WHERE extname = 'citus')")
            .fetch_one(&mut first)
            .await
            .map_err(Error::database("looking for extensions"))?;
        if is_cluster { Self::of_cluster(first, &options).await } else { Ok(Self::of_server(first, &options)) }
    }

    fn of_server(connection: PgConnection, options: &PgConnectOptions) -> Self {
        let leader = Leader::new(0, options.get_host().to_owned(), options.get_port());
        let shards = TABLES.iter().map(|table| ((*table).to_owned(), BTreeMap::from([(0, vec![(*table).to_owned()])])));
        Self { leaders: vec![(leader, connection)], shards: shards.collect() }
    }

    async fn of_cluster(mut first: PgConnection, options: &PgConnectOptions) -> Result<Self, Error> {
        let failed = || Error::database("reading the shard map");
        let nodes: Vec<(i32, String, i32)> = sqlx::query_as(
            "SELECT groupid, nodename, nodeport FROM pg_dist_node WHERE noderole = 'primary' ORDER BY groupid",
        )
        .fetch_all(&mut first)
        .await
        .map_err(failed())?;
        let placements: Vec<(String, i64, i32)> = sqlx::query_as(
            "SELECT s.logicalrelid::text, s.shardid, p.groupid
             FROM pg_dist_shard s JOIN pg_dist_placement p USING (shardid) ORDER BY s.shardid",
        )
        .fetch_all(&mut first)
        .await
        .map_err(failed())?;
        let mut leaders = Vec::new();
        for (group, host, port) in nodes {
            let port = u16::try_from(port).unwrap_or(5432);
            // The default name of a coordinator, which is valid only on its own host.
            let is_default = group == 0 && host == "localhost";
            let host = if is_default { options.get_host().to_owned() } else { host };
            let connection = connect(&options.clone().host(&host).port(port)).await?;
            leaders.push((Leader::new(group, host, port), connection));
        }
        let mut shards = Shards::new();
        for (table, shard, group) in placements {
            let at = leaders.iter().position(|(leader, _)| leader.group == group);
            let at = at.ok_or_else(|| {
                Error::failed(&table, format!("shard {shard} is in group {group}, which has no node"))
            })?;
            let name = format!("{table}_{shard}");
            shards.entry(table).or_default().entry(at).or_default().push(name);
        }
        for table in TABLES {
            if !shards.contains_key(table) {
                return Err(Error::failed(table, "has no shards; was the database distributed?"));
            }
        }
        Ok(Self { leaders, shards })
    }

    pub(super) fn shard_count(&self) -> usize {
        self.shards.values().flat_map(BTreeMap::values).map(Vec::len).sum()
    }

    /// From here on each leader's tables are read at one snapshot.
    pub(super) async fn begin_snapshots(&mut self) -> Result<(), Error> {
        for (leader, connection) in &mut self.leaders {
            let what = format!("beginning to read {}:{}", leader.host, leader.port);
            let failed = || Error::database(&what);
            let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
            sqlx::query(begin).execute(&mut *connection).await.map_err(failed())?;
            // The snapshot is taken by the first query.
            sqlx::query("SELECT count(*) FROM pg_class").execute(connection).await.map_err(failed())?;
        }
        Ok(())
    }

    /// Rows of all shards of a table.
    pub(super) async fn rows<T>(&mut self, table: &str, columns: &str, rest: &str) -> Result<Vec<T>, Error>
    where
        T: for<'r> FromRow<'r, PgRow> + Send + Unpin,
    {
        let shards = self.shards.get(table).cloned().unwrap_or_default();
        let mut rows = Vec::new();
        for (at, names) in shards {
            let Some((leader, connection)) = self.leaders.get_mut(at) else { continue };
            let selects: Vec<_> = names.iter().map(|name| format!("SELECT {columns} FROM {name} {rest}")).collect();
            let statement = AssertSqlSafe(selects.join(" UNION ALL "));
            let what = format!("reading {table} on {}:{}", leader.host, leader.port);
            rows.extend(sqlx::query_as(statement).fetch_all(connection).await.map_err(Error::database(what))?);
        }
        Ok(rows)
    }

    /// Messages that wait for another attempt, and restaurants with events after their position.
    pub(super) async fn outbox_size(&mut self) -> Result<i64, Error> {
        let counts: Vec<(i64,)> = self.rows("outbox", "count(*)", "").await?;
        let positions: Vec<(Uuid, i64)> = self.rows("outbox_positions", "restaurant_id, seq", "").await?;
        let positions: BTreeMap<_, _> = positions.into_iter().collect();
        let events: Vec<(Uuid, i64)> = self.rows("order_counters", "restaurant_id, last_seq", "").await?;
        let behind = events.iter().filter(|(restaurant, last)| positions.get(restaurant).is_none_or(|seq| seq < last));
        let behind = i64::try_from(behind.count()).unwrap_or(i64::MAX);
        Ok(counts.into_iter().map(|(count,)| count).sum::<i64>().saturating_add(behind))
    }
}

async fn connect(options: &PgConnectOptions) -> Result<PgConnection, Error> {
    let what = format!("connecting to {}:{}", options.get_host(), options.get_port());
    let options = options.clone().application_name("toast-chaos").options([("statement_timeout", "60000")]);
    match tokio::time::timeout(Duration::from_secs(5), PgConnection::connect_with(&options)).await {
        Ok(connection) => connection.map_err(Error::database(what)),
        Err(_) => Err(Error::failed(what, "no response within 5 s")),
    }
}
