//! Orders per second: HTTP against pgbench, Citus against plain PostgreSQL, and all at one restaurant.

use crate::{
    database::{Database, Restaurant},
    failure::Failure,
    measurement::{Baseline, Measurement, Target},
    order_fixture::OrderFixture,
    pgbench::Script,
    server::{Server, Setup},
    settings::{Bench, scratch},
};
use std::{
    fs,
    path::{Path, PathBuf},
};
use uuid::Uuid;

/// Number of restaurants. The first gets about a quarter of all orders (Zipf).
pub const RESTAURANTS: usize = 24;

/// A database and its restaurants.
pub type Stocked = (Database, Vec<Restaurant>);

/// A database and its orders.
struct Shop {
    name: &'static str,
    database: Database,
    baskets: Vec<OrderFixture>,
    /// One placed order per fixture.
    placed: Vec<(Uuid, Uuid)>,
}

/// The frequency of a restaurant, by its index.
fn weight(place: usize) -> u64 {
    u64::try_from(1000 / (place + 1)).unwrap_or(1)
}

pub async fn measure(bench: &Bench, plain: Stocked, cluster: Option<&str>) -> Result<Vec<Measurement>, Failure> {
    let script = scratch().join("orders.lua");
    fs::write(&script, include_str!("orders.lua")).map_err(Failure::system(script.display()))?;
    let plain = Shop::open(bench, "plain", plain).await?;
    let citus = match cluster {
        Some(url) => Some(Shop::open(bench, "citus", Database::prepare(bench, url, RESTAURANTS).await?).await?),
        None => None,
    };
    let (all, hot) = (plain.list("all", RESTAURANTS)?, plain.list("hot", 1)?);
    let citus_all = citus.as_ref().map(|citus| citus.list("all", RESTAURANTS)).transpose()?;
    let (same, same_hot) = (plain.script("all", RESTAURANTS).await?, plain.script("hot", 1).await?);

    let (mut http, mut pgbench, mut on_citus) = (Vec::new(), Vec::new(), Vec::new());
    let (mut http_hot, mut pgbench_hot) = (Vec::new(), Vec::new());
    for _ in 0..bench.settings.rounds {
        http.push(plain.through_http(bench, &script, &all).await?);
        pgbench.push(bench.pgbench(&plain.database, &same).await?);
        if let (Some(citus), Some(all)) = (&citus, &citus_all) {
            on_citus.push(citus.through_http(bench, &script, all).await?);
        }
        http_hot.push(plain.through_http(bench, &script, &hot).await?);
        pgbench_hot.push(bench.pgbench(&plain.database, &same_hot).await?);
    }
    let pgbench_baseline = |rates| Some(Baseline::measured("pgbench, same statement", rates));
    let mut measurements = vec![
        Measurement::new(
            "orders through HTTP",
            "orders/s",
            http.clone(),
            pgbench_baseline(pgbench),
            Some(Target::RatioAtLeast(0.8)),
        ),
        Measurement::new("orders at one hot restaurant", "orders/s", http_hot, pgbench_baseline(pgbench_hot), None),
    ];
    if !on_citus.is_empty() {
        let plain = Some(Baseline::measured("plain PostgreSQL, same run", http));
        measurements.push(Measurement::new("orders through HTTP on Citus", "orders/s", on_citus, plain, None));
    }
    Ok(measurements)
}

impl Shop {
    /// Places one order of each kind, to record its arguments.
    async fn open(bench: &Bench, name: &'static str, (database, restaurants): Stocked) -> Result<Self, Failure> {
        let mut shop = Self { name, database, baskets: Vec::new(), placed: Vec::new() };
        let server = shop.server(bench).await?;
        for restaurant in &restaurants {
            let order_fixture = OrderFixture::fill(bench, &server, restaurant).await?;
            let order = order_fixture.place(bench, &server).await?;
            shop.placed.push((restaurant.restaurant_id, order));
            shop.baskets.push(order_fixture);
        }
        server.kill().await?;
        Ok(shop)
    }

    /// A server on this database. No pages are requested, so it gets no site.
    async fn server(&self, bench: &Bench) -> Result<Server, Failure> {
        let site = scratch().join("no-site");
        fs::create_dir_all(&site).map_err(Failure::system(site.display()))?;
        let name = format!("orders-{}", self.name);
        let setup = Setup {
            name: &name,
            database: &self.database.url,
            site: &site,
            page_cache: None,
            pinned: false,
            variables: &[],
        };
        bench.toast(setup).await
    }

    /// The first fixtures in the format of the load script.
    fn list(&self, name: &str, first: usize) -> Result<PathBuf, Failure> {
        let lines = self.baskets.iter().take(first).enumerate();
        let lines = lines.map(|(place, order_fixture)| {
            format!("{}\t{}\t{}\n", weight(place), order_fixture.path, order_fixture.body)
        });
        let file = scratch().join(format!("{}-{name}.tsv", self.name));
        fs::write(&file, lines.collect::<String>()).map_err(Failure::system(file.display()))?;
        Ok(file)
    }

    /// The first fixtures in the format of pgbench.
    async fn script(&self, name: &str, first: usize) -> Result<Script, Failure> {
        let mut orders = Vec::new();
        for (place, (restaurant, order)) in self.placed.iter().take(first).enumerate() {
            orders.push((self.database.arguments_of(*restaurant, *order).await?, weight(place)));
        }
        Script::write(&format!("{}-{name}", self.name), &orders)
    }

    /// Orders per second through HTTP; each 201 is verified in the database.
    async fn through_http(&self, bench: &Bench, script: &Path, list: &Path) -> Result<f64, Failure> {
        self.database.settle().await?;
        let server = self.server(bench).await?;
        for order_fixture in &self.baskets {
            // Warms the menu cache.
            order_fixture.place(bench, &server).await?;
        }
        let before = self.database.orders().await?;
        let orders = bench.place_orders(&server, script, list).await?;
        server.kill().await?;
        let found = self.database.orders().await? - before;
        if orders.refused > 0 || orders.lost > 0 || found != orders.placed || orders.placed == 0 {
            return Err(Failure::untrue(format!(
                "{} answers 201, {} others (first {}), {} lost, {found} orders in the database",
                orders.placed, orders.refused, orders.refusal, orders.lost
            )));
        }
        #[expect(clippy::cast_precision_loss, reason = "thousands")]
        let rate = orders.placed as f64 / orders.seconds;
        Ok(rate)
    }
}
