//! Connections to databases cut at exact messages: retries find each outcome by its key, and every order exists once.

use crate::{
    check::{CheckReport, Kind, Violation},
    fault_proxy::{Cut, FaultProxy, Point, Side},
    load::{LoadControl, LoadOptions},
    sandbox::{MAX_SECONDS, Sandbox},
    setup,
    test_services::ToastServer,
};
use serde::{Deserialize, Serialize};
use sqlx::{Connection, PgConnection};
use std::time::Duration;
use support::{Error, Timestamp, cluster::TempCluster};
use tokio::time::sleep;

/// Cuts at each message before the load stops.
const MIN_CUTS: u64 = 6;
/// Acknowledged orders before the load stops.
const MIN_ORDERS: usize = 20;
const TIMEOUT: Duration = Duration::from_secs(MAX_SECONDS / 3);

/// The result for one message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CutReport {
    /// Between which two.
    pub connection: String,
    pub point: String,
    /// `before` or `after`.
    pub side: String,
    pub cuts: u64,
    /// Orders.
    pub acknowledged: u64,
    /// Orders acknowledged only by a retry.
    pub retried: u64,
    /// Orders without a response that tells their result.
    pub unknown: u64,
    pub violations: Vec<String>,
    pub passed: bool,
}

impl std::fmt::Display for CutReport {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mark = if self.passed { '✓' } else { '✗' };
        write!(
            formatter,
            "{mark} {}, {} {}: {} cuts, {} acknowledged ({} after a retry), {} unknown",
            self.connection, self.side, self.point, self.cuts, self.acknowledged, self.retried, self.unknown
        )?;
        self.violations.iter().try_for_each(|violation| write!(formatter, "\n    {violation}"))
    }
}

impl CutReport {
    fn of(connection: &str, cut: Cut, cuts: u64, report: &CheckReport) -> Self {
        let counts = &report.counts;
        Self {
            connection: connection.to_owned(),
            point: cut.point.name().to_owned(),
            side: if cut.side == Side::Before { "before" } else { "after" }.to_owned(),
            cuts,
            acknowledged: counts.acknowledged,
            retried: counts.retried,
            unknown: counts.unknown,
            violations: report.violations.iter().map(ToString::to_string).collect(),
            // Without cuts or orders an experiment proves nothing.
            passed: cuts > 0 && counts.acknowledged > 0 && report.passed(),
        }
    }
}

/// Cuts between server and database, and with Citus also between coordinator and worker; concurrently, each with its own
/// databases, as experiments mostly wait.
pub async fn run(sandbox: &Sandbox, progress: impl Fn(&CutReport)) -> Result<Vec<CutReport>, Error> {
    let servers = Box::pin(cut_server_connections(sandbox, &progress));
    if !sandbox.tools.has_citus() {
        return servers.await;
    }
    let (servers, before, after) = tokio::join!(
        servers,
        Box::pin(cut_worker_connections(sandbox, Side::Before, &progress)),
        Box::pin(cut_worker_connections(sandbox, Side::After, &progress))
    );
    Ok([servers?, before?, after?].concat())
}

/// Less load than in other experiments: three run at once.
fn load_options(sandbox: &Sandbox, orders_only: bool) -> LoadOptions {
    LoadOptions { rate: 12.0, orders_only, ..sandbox.load_options() }
}

async fn cut_server_connections(sandbox: &Sandbox, progress: &impl Fn(&CutReport)) -> Result<Vec<CutReport>, Error> {
    let mut reports = Vec::new();
    for point in [Point::Place, Point::Commit] {
        for side in [Side::Before, Side::After] {
            let report = cut_server_connection(sandbox, Cut { point, side, every: 3 }).await?;
            progress(&report);
            reports.push(report);
        }
    }
    Ok(reports)
}

async fn cut_server_connection(sandbox: &Sandbox, cut: Cut) -> Result<CutReport, Error> {
    let database = sandbox.database(&format!("{:?}-{:?}", cut.point, cut.side).to_lowercase(), &[])?;
    let proxy = FaultProxy::start("127.0.0.1:0", &format!("127.0.0.1:{}", database.port), cut).await?;
    proxy.arm(true);
    let proxied = database.url_at(proxy.address.port(), "toast");
    let options = load_options(sandbox, cut.point == Point::Place);
    let control = options.control.clone();
    let (history, ()) =
        tokio::join!(sandbox.run_load(&proxied, options, sandbox.terms()), stop_after_cuts(&proxy, &control));
    proxy.arm(false);
    let experiment = Sandbox::check(history?, &database.url("toast")).await?;
    Ok(CutReport::of("server – database", cut, proxy.counts().1, &experiment.report))
}

/// One cluster for all messages, so that what one experiment leaves behind is found by the next.
async fn cut_worker_connections(
    sandbox: &Sandbox,
    side: Side,
    progress: &impl Fn(&CutReport),
) -> Result<Vec<CutReport>, Error> {
    let cluster = TempCluster::start(&sandbox.tools, &format!("{side:?}").to_lowercase()).await?;
    let url = cluster.coordinator.url("toast");
    ToastServer::prepare(&sandbox.toast, &url)?;
    let terms = setup::open_restaurants(std::slice::from_ref(&url)).await?;
    let mut reports = Vec::new();
    for point in Point::ALL {
        let cut = Cut { point, side, every: 3 };
        let worker = cluster.workers.first().ok_or_else(|| Error::failed("the cluster", "has no worker"))?;
        let proxy = FaultProxy::start("127.0.0.1:0", &format!("127.0.0.1:{}", worker.port), cut).await?;
        cluster.set_worker_port(1, proxy.address.port()).await?;
        proxy.arm(true);
        let options = load_options(sandbox, false);
        let control = options.control.clone();
        let (history, torn_write, ()) = tokio::join!(
            sandbox.run_load(&url, options, &terms),
            write_to_all_shards(&url, &proxy),
            stop_after_cuts(&proxy, &control)
        );
        proxy.arm(false);
        let cuts = proxy.counts().1;
        cluster.set_worker_port(1, worker.port).await?;
        let mut experiment = Sandbox::check(history?, &url).await?;
        experiment.report.violations.extend(torn_write?);
        let report = CutReport::of("coordinator – worker", cut, cuts, &experiment.report);
        progress(&report);
        reports.push(report);
    }
    Ok(reports)
}

async fn stop_after_cuts(proxy: &FaultProxy, control: &LoadControl) {
    let deadline = Timestamp::now().plus(TIMEOUT);
    while Timestamp::now() < deadline && (proxy.counts().1 < MIN_CUTS || control.acknowledged() < MIN_ORDERS) {
        sleep(Duration::from_millis(100)).await;
    }
    control.stop();
}

/// Writes one value to all restaurants, which needs a two-phase commit, and checks that no write was applied in part.
async fn write_to_all_shards(url: &str, proxy: &FaultProxy) -> Result<Option<Violation>, Error> {
    let deadline = Timestamp::now().plus(TIMEOUT);
    for round in 0.. {
        if Timestamp::now() > deadline || proxy.counts().1 >= MIN_CUTS {
            break;
        }
        // Errors are expected: the connection is being cut.
        if let Ok(mut connection) = PgConnection::connect(url).await {
            let statement = sqlx::query("UPDATE restaurants SET tagline = $1").bind(format!("Round {round}"));
            let _ = tokio::time::timeout(Duration::from_secs(8), statement.execute(&mut connection)).await;
            let _ = connection.close().await;
        }
        sleep(Duration::from_millis(250)).await;
    }
    // Recovery of prepared transactions runs every 2 s.
    sleep(Duration::from_secs(6)).await;
    let failed = || Error::database("reading the value of all restaurants");
    let mut connection = PgConnection::connect(url).await.map_err(failed())?;
    let values: Vec<String> = sqlx::query_scalar("SELECT DISTINCT tagline FROM restaurants ORDER BY 1")
        .fetch_all(&mut connection)
        .await
        .map_err(failed())?;
    let text = format!("A two-phase commit was applied in part: restaurants have the values {}.", values.join(", "));
    Ok((values.len() > 1).then_some(Violation { kind: Kind::Prepared, text }))
}
