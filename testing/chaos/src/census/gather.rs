//! Reading all shards: on plain PostgreSQL a table is its only shard, on Citus each is read by its own name where it stands.

use super::{Census, nodes, nodes::Leader};
use crate::{
    failure::Failure,
    menu::{Charge, Terms, Zone},
    moment::Moment,
};
use sqlx::{AssertSqlSafe, Connection, FromRow, PgConnection, postgres::PgConnectOptions, postgres::PgRow};
use std::{collections::BTreeMap, str::FromStr, time::Duration};
use uuid::Uuid;

/// A delivery zone: whose, at which place, its postcodes, its fee, its minimum, and from where on it is free.
type ZoneRow = (Uuid, i16, Vec<String>, i64, i64, Option<i64>);
/// A charge: whose, for which modes, and its sum or percentage.
type ChargeRow = (Uuid, Vec<String>, Option<i64>, Option<i32>);

/// A table's pieces: on which leader, under which names.
type Pieces = BTreeMap<String, BTreeMap<usize, Vec<String>>>;

/// Everything that is read.
const TABLES: [&str; 11] = [
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
    "slugs",
];

/// Connections to every node that leads.
struct Reader {
    leaders: Vec<(Leader, PgConnection)>,
    pieces: Pieces,
}

impl Census {
    /// Waits until the database has come to rest, then reads all of it. Several addresses may be named: the one that
    /// leads is taken.
    pub async fn take(urls: &[String], patience: Duration) -> Result<Self, Failure> {
        let deadline = Moment::now().plus(patience);
        let mut reader = Reader::open(urls, deadline).await?;
        let first = reader.waiting().await?;
        let mut last = first;
        loop {
            let mut restless = last > 0;
            for (leader, connection) in &mut reader.leaders {
                leader.prepared = nodes::prepared(connection).await?;
                restless |= leader.prepared > 0;
            }
            if !restless || Moment::now() > deadline {
                break;
            }
            tokio::time::sleep(Duration::from_millis(500)).await;
            last = reader.waiting().await?;
        }
        for (leader, connection) in &mut reader.leaders {
            leader.standbys = nodes::standbys(connection).await?;
        }
        reader.stand_still().await?;
        let mut census = Self {
            terms: reader.terms().await?,
            orders: reader
                .rows(
                    "orders",
                    "restaurant_id, order_id, number, version, status, subtotal_minor, total_minor, menu_version, note",
                    "",
                )
                .await?,
            lines: reader
                .rows(
                    "order_lines",
                    "restaurant_id, order_id, sum(total_minor)::bigint AS total_minor",
                    "GROUP BY restaurant_id, order_id",
                )
                .await?,
            keys: reader.rows("idempotency_keys", "restaurant_id, scope, key, order_id", "").await?,
            events: reader
                .rows("order_events", "restaurant_id, seq, order_id, version, verb, from_status, to_status, actor", "")
                .await?,
            counters: reader.rows("order_counters", "restaurant_id, last_number, last_seq", "").await?,
            outbox: (first, last),
            leaders: Vec::new(),
            shards: reader.pieces.values().flat_map(BTreeMap::values).map(Vec::len).sum(),
        };
        census.leaders = reader.leaders.into_iter().map(|(leader, _)| leader).collect();
        Ok(census)
    }

    /// Only what orders cost besides the dishes.
    pub async fn terms(urls: &[String]) -> Result<Vec<Terms>, Failure> {
        let deadline = Moment::now().plus(Duration::from_secs(20));
        Reader::open(urls, deadline).await?.terms().await
    }
}

impl Reader {
    async fn open(urls: &[String], deadline: Moment) -> Result<Self, Failure> {
        loop {
            match Self::open_once(urls).await {
                Ok(reader) => return Ok(reader),
                Err(failure) if Moment::now() > deadline => return Err(failure),
                Err(_) => tokio::time::sleep(Duration::from_secs(1)).await,
            }
        }
    }

    async fn open_once(urls: &[String]) -> Result<Self, Failure> {
        let mut last = Failure::wrong("--database", "name at least one");
        for url in urls {
            match Self::open_at(url).await {
                Ok(reader) => return Ok(reader),
                Err(failure) => last = failure,
            }
        }
        Err(last)
    }

    async fn open_at(url: &str) -> Result<Self, Failure> {
        let options = PgConnectOptions::from_str(url).map_err(Failure::database("the database's address"))?;
        let mut first = connect(&options).await?;
        let standby: bool = sqlx::query_scalar("SELECT pg_is_in_recovery()")
            .fetch_one(&mut first)
            .await
            .map_err(Failure::database("asking who leads"))?;
        if standby {
            return Err(Failure::wrong(options.get_host(), "is a standby"));
        }
        let is_cluster: bool = sqlx::query_scalar("SELECT EXISTS (SELECT FROM pg_extension WHERE extname = 'citus')")
            .fetch_one(&mut first)
            .await
            .map_err(Failure::database("asking for extensions"))?;
        if is_cluster { Self::of_cluster(first, &options).await } else { Ok(Self::of_plain(first, &options)) }
    }

    fn of_plain(connection: PgConnection, options: &PgConnectOptions) -> Self {
        let leader = Leader::new(0, options.get_host().to_owned(), options.get_port());
        let pieces = TABLES.iter().map(|table| ((*table).to_owned(), BTreeMap::from([(0, vec![(*table).to_owned()])])));
        Self { leaders: vec![(leader, connection)], pieces: pieces.collect() }
    }

    async fn of_cluster(mut first: PgConnection, options: &PgConnectOptions) -> Result<Self, Failure> {
        let failed = || Failure::database("reading where shards stand");
        let nodes: Vec<(i32, String, i32)> = sqlx::query_as(
            "SELECT groupid, nodename, nodeport FROM pg_dist_node WHERE noderole = 'primary' ORDER BY groupid",
        )
        .fetch_all(&mut first)
        .await
        .map_err(failed())?;
        let shards: Vec<(String, i64, i32)> = sqlx::query_as(
            "SELECT s.logicalrelid::text, s.shardid, p.groupid
             FROM pg_dist_shard s JOIN pg_dist_placement p USING (shardid) ORDER BY s.shardid",
        )
        .fetch_all(&mut first)
        .await
        .map_err(failed())?;
        let mut leaders = Vec::new();
        for (group, host, port) in nodes {
            let port = u16::try_from(port).unwrap_or(5432);
            // A coordinator that was never told its name calls itself by one that only works at home.
            let at_home = group == 0 && host == "localhost";
            let host = if at_home { options.get_host().to_owned() } else { host };
            let there = connect(&options.clone().host(&host).port(port)).await?;
            leaders.push((Leader::new(group, host, port), there));
        }
        let mut pieces = Pieces::new();
        for (table, shard, group) in shards {
            let at = leaders.iter().position(|(leader, _)| leader.group == group);
            let at = at.ok_or_else(|| {
                Failure::wrong(&table, format!("shard {shard} stands in group {group}, which has no node"))
            })?;
            let name = format!("{table}_{shard}");
            pieces.entry(table).or_default().entry(at).or_default().push(name);
        }
        for table in TABLES {
            if !pieces.contains_key(table) {
                return Err(Failure::wrong(table, "has no shards; was the database distributed?"));
            }
        }
        Ok(Self { leaders, pieces })
    }

    /// From now on each node shows all its tables as they are at this moment, whoever goes on writing.
    async fn stand_still(&mut self) -> Result<(), Failure> {
        for (leader, connection) in &mut self.leaders {
            let what = format!("beginning to read {}:{}", leader.host, leader.port);
            let failed = || Failure::database(&what);
            let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
            sqlx::query(begin).execute(&mut *connection).await.map_err(failed())?;
            sqlx::query("SELECT count(*) FROM pg_class").execute(connection).await.map_err(failed())?;
        }
        Ok(())
    }

    /// Rows of all pieces of a table.
    async fn rows<T>(&mut self, table: &str, columns: &str, rest: &str) -> Result<Vec<T>, Failure>
    where
        T: for<'r> FromRow<'r, PgRow> + Send + Unpin,
    {
        let places = self.pieces.get(table).cloned().unwrap_or_default();
        let mut rows = Vec::new();
        for (at, names) in places {
            let Some((leader, connection)) = self.leaders.get_mut(at) else { continue };
            let selects: Vec<_> = names.iter().map(|name| format!("SELECT {columns} FROM {name} {rest}")).collect();
            let statement = AssertSqlSafe(selects.join(" UNION ALL "));
            let what = format!("reading {table} on {}:{}", leader.host, leader.port);
            rows.extend(sqlx::query_as(statement).fetch_all(connection).await.map_err(Failure::database(what))?);
        }
        Ok(rows)
    }

    /// Messages that wait to be delivered.
    async fn waiting(&mut self) -> Result<i64, Failure> {
        let counts: Vec<(i64,)> = self.rows("outbox", "count(*)", "").await?;
        Ok(counts.into_iter().map(|(count,)| count).sum())
    }

    async fn terms(&mut self) -> Result<Vec<Terms>, Failure> {
        let slugs: Vec<(String, Uuid)> = self.rows("restaurants", "slug, restaurant_id", "").await?;
        let modes: Vec<(Uuid, String, Vec<String>)> =
            self.rows("service_modes", "restaurant_id, mode, tables", "").await?;
        let zones: Vec<ZoneRow> = self
            .rows("delivery_zones", "restaurant_id, position, postcodes, fee_minor, minimum_minor, free_from_minor", "")
            .await?;
        let charges: Vec<ChargeRow> = self.rows("charges", "restaurant_id, modes, fixed_minor, percent", "").await?;
        let mut terms: Vec<_> = slugs
            .into_iter()
            .map(|(slug, restaurant)| {
                let own_modes = modes.iter().filter(|(id, ..)| *id == restaurant);
                let mut own_zones: Vec<_> = zones.iter().filter(|(id, ..)| *id == restaurant).collect();
                own_zones.sort_by_key(|(_, position, ..)| *position);
                let own_charges = charges.iter().filter(|(id, ..)| *id == restaurant);
                let mut modes: Vec<_> = own_modes.clone().map(|(_, mode, _)| mode.clone()).collect();
                modes.sort_unstable();
                Terms {
                    slug,
                    restaurant,
                    modes,
                    tables: own_modes.flat_map(|(.., tables)| tables.clone()).collect(),
                    zones: own_zones.into_iter().map(zone).collect(),
                    charges: own_charges.map(charge).collect(),
                }
            })
            .collect();
        terms.sort_by(|one, other| one.slug.cmp(&other.slug));
        Ok(terms)
    }
}

fn zone((_, _, postcodes, fee, minimum, free_from): &ZoneRow) -> Zone {
    Zone { postcodes: postcodes.clone(), fee: *fee, minimum: *minimum, free_from: *free_from }
}

fn charge((_, modes, fixed, percent): &ChargeRow) -> Charge {
    Charge { modes: modes.clone(), fixed: *fixed, percent: percent.map(i64::from) }
}

/// A connection that gives up soon, and says no more than it must.
pub(super) async fn connect(options: &PgConnectOptions) -> Result<PgConnection, Failure> {
    let what = format!("connecting to {}:{}", options.get_host(), options.get_port());
    let options = options.clone().application_name("toast-chaos").options([("statement_timeout", "60000")]);
    match tokio::time::timeout(Duration::from_secs(5), PgConnection::connect_with(&options)).await {
        Ok(connection) => connection.map_err(Failure::database(what)),
        Err(_) => Err(Failure::wrong(what, "no answer in 5 s")),
    }
}
