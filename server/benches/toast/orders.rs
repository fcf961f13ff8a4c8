//! Orders a second: through HTTP beside pgbench, on Citus beside plain PostgreSQL, and all at one restaurant.

use crate::{
    basket::Basket,
    database::{Database, Restaurant},
    failure::Failure,
    figure::{Aim, Figure, Neighbour},
    pgbench::Script,
    server::{Server, Setup},
    settings::{Bench, scratch},
};
use std::{
    fs,
    path::{Path, PathBuf},
};
use uuid::Uuid;

/// Restaurants that are ordered from. The first gets about a quarter of all orders, as Zipf has it.
pub const RESTAURANTS: usize = 24;

/// A database and the restaurants in it that are ordered from.
pub type Stocked = (Database, Vec<Restaurant>);

/// A database, and what is ordered there.
struct Shop {
    name: &'static str,
    database: Database,
    baskets: Vec<Basket>,
    /// An order from each basket.
    placed: Vec<(Uuid, Uuid)>,
}

/// How often a restaurant has its turn, by its place in the list.
fn weight(place: usize) -> u64 {
    u64::try_from(1000 / (place + 1)).unwrap_or(1)
}

/// Measures all of it.
pub async fn measure(bench: &Bench, plain: Stocked, cluster: Option<&str>) -> Result<Vec<Figure>, Failure> {
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
    let beside_pgbench = |rates| Some(Neighbour::measured("pgbench, same statement", rates));
    let mut figures = vec![
        Figure::new(
            "orders through HTTP",
            "orders/s",
            http.clone(),
            beside_pgbench(pgbench),
            Some(Aim::RatioAtLeast(0.8)),
        ),
        Figure::new("orders at one hot restaurant", "orders/s", http_hot, beside_pgbench(pgbench_hot), None),
    ];
    if !on_citus.is_empty() {
        let plain = Some(Neighbour::measured("plain PostgreSQL, same run", http));
        figures.push(Figure::new("orders through HTTP on Citus", "orders/s", on_citus, plain, None));
    }
    Ok(figures)
}

impl Shop {
    /// Places one order of each kind, to see what the server makes of it.
    async fn open(bench: &Bench, name: &'static str, (database, restaurants): Stocked) -> Result<Self, Failure> {
        let mut shop = Self { name, database, baskets: Vec::new(), placed: Vec::new() };
        let server = shop.server(bench).await?;
        for restaurant in &restaurants {
            let basket = Basket::fill(bench, &server, restaurant).await?;
            let order = basket.place(bench, &server).await?;
            shop.placed.push((restaurant.restaurant_id, order));
            shop.baskets.push(basket);
        }
        server.kill().await?;
        Ok(shop)
    }

    /// Toast on this database. Pages are not asked for, so it gets no site.
    async fn server(&self, bench: &Bench) -> Result<Server, Failure> {
        let site = scratch().join("no-site");
        fs::create_dir_all(&site).map_err(Failure::system(site.display()))?;
        let name = format!("orders-{}", self.name);
        let setup = Setup { name: &name, database: &self.database.url, site: &site, page_cache: None, pinned: false };
        bench.context(setup).await
    }

    /// The first so many baskets as the load script reads them.
    fn list(&self, name: &str, first: usize) -> Result<PathBuf, Failure> {
        let lines = self.baskets.iter().take(first).enumerate();
        let lines = lines.map(|(place, basket)| format!("{}\t{}\t{}\n", weight(place), basket.path, basket.body));
        let file = scratch().join(format!("{}-{name}.tsv", self.name));
        fs::write(&file, lines.collect::<String>()).map_err(Failure::system(file.display()))?;
        Ok(file)
    }

    /// The same for pgbench.
    async fn script(&self, name: &str, first: usize) -> Result<Script, Failure> {
        let mut orders = Vec::new();
        for (place, (restaurant, order)) in self.placed.iter().take(first).enumerate() {
            orders.push((self.database.arguments_of(*restaurant, *order).await?, weight(place)));
        }
        Script::write(&format!("{}-{name}", self.name), &orders)
    }

    /// Orders a second by a server of its own, each 201 found in the database, and nothing else.
    async fn through_http(&self, bench: &Bench, script: &Path, list: &Path) -> Result<f64, Failure> {
        self.database.calm_down().await?;
        let server = self.server(bench).await?;
        for basket in &self.baskets {
            // Reads the menu, as the first guest of the day would.
            basket.place(bench, &server).await?;
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
