//! The line to the database cut at one exact message, over and over: each outcome is found by its key, and is one order.

use crate::{
    check::{Kind, Verdict},
    cutter::{Cut, Cutter, Point, Side},
    drive::{Plan, Reins},
    failure::Failure,
    laboratory::{LONGEST, Laboratory},
    moment::Moment,
    open,
    private::{Cluster, Toast},
};
use serde::{Deserialize, Serialize};
use sqlx::{Connection, PgConnection};
use std::time::Duration;
use tokio::time::sleep;

/// So often each line is cut at each message.
const CUTS: u64 = 6;
/// So many orders get through beside it.
const ORDERS: usize = 20;
/// How long that may take.
const PATIENCE: Duration = Duration::from_secs(LONGEST / 3);

/// What cutting at one message came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CutReport {
    /// Between whom.
    pub line: String,
    /// At which message.
    pub point: String,
    /// Before it, or after.
    pub side: String,
    /// How often the line was cut.
    pub cuts: u64,
    /// Orders that were acknowledged.
    pub acknowledged: u64,
    /// Of these, the ones that took a retry.
    pub retried: u64,
    /// Orders of which nobody said what became of them.
    pub unknown: u64,
    /// What the checker found.
    pub violations: Vec<String>,
    /// Whether it is as it must be.
    pub held: bool,
}

impl std::fmt::Display for CutReport {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mark = if self.held { '✓' } else { '✗' };
        write!(
            formatter,
            "{mark} {}, {} {}: {} cuts, {} acknowledged ({} after a retry), {} unknown",
            self.line, self.side, self.point, self.cuts, self.acknowledged, self.retried, self.unknown
        )?;
        self.violations.iter().try_for_each(|violation| write!(formatter, "\n    {violation}"))
    }
}

impl CutReport {
    fn of(line: &str, cut: Cut, cuts: u64, verdict: &Verdict) -> Self {
        let counts = &verdict.counts;
        Self {
            line: line.to_owned(),
            point: cut.point.word().to_owned(),
            side: if cut.side == Side::Before { "before" } else { "after" }.to_owned(),
            cuts,
            acknowledged: counts.acknowledged,
            retried: counts.retried,
            unknown: counts.unknown,
            violations: verdict.violations.iter().map(ToString::to_string).collect(),
            // A point that was never reached shows nothing.
            held: cuts > 0 && counts.acknowledged > 0 && verdict.is_green(),
        }
    }
}

/// Cuts between server and database, and with Citus also between coordinator and worker. A trial mostly waits, so that
/// the lines are cut beside each other, each in an installation of its own.
pub async fn run(laboratory: &Laboratory, tell: impl Fn(&CutReport)) -> Result<Vec<CutReport>, Failure> {
    let servers = Box::pin(cut_servers(laboratory, &tell));
    if !laboratory.tools.has_citus() {
        return servers.await;
    }
    let (servers, before, after) = tokio::join!(
        servers,
        Box::pin(cut_cluster(laboratory, Side::Before, &tell)),
        Box::pin(cut_cluster(laboratory, Side::After, &tell))
    );
    Ok([servers?, before?, after?].concat())
}

/// Guests of a trial that shares its host with others.
fn plan(laboratory: &Laboratory, orders_only: bool) -> Plan {
    Plan { rate: 12.0, orders_only, ..laboratory.plan() }
}

async fn cut_servers(laboratory: &Laboratory, tell: &impl Fn(&CutReport)) -> Result<Vec<CutReport>, Failure> {
    let mut reports = Vec::new();
    for point in [Point::Place, Point::Commit] {
        for side in [Side::Before, Side::After] {
            let report = cut_server(laboratory, Cut { point, side, every: 3 }).await?;
            tell(&report);
            reports.push(report);
        }
    }
    Ok(reports)
}

async fn cut_server(laboratory: &Laboratory, cut: Cut) -> Result<CutReport, Failure> {
    let database = laboratory.database(&format!("{:?}-{:?}", cut.point, cut.side).to_lowercase(), &[])?;
    let cutter = Cutter::start("127.0.0.1:0", &format!("127.0.0.1:{}", database.port), cut).await?;
    cutter.arm(true);
    let through = database.url_at(cutter.address.port(), "toast");
    let plan = plan(laboratory, cut.point == Point::Place);
    let reins = plan.reins.clone();
    let (history, ()) =
        tokio::join!(laboratory.drive(&through, plan, laboratory.terms()), stop_when_cut(&cutter, &reins));
    cutter.arm(false);
    let trial = Laboratory::check(history?, &database.url("toast")).await?;
    Ok(CutReport::of("server – database", cut, cutter.counts().1, &trial.verdict))
}

/// One cluster for all points: what one leaves behind, the next would find.
async fn cut_cluster(
    laboratory: &Laboratory,
    side: Side,
    tell: &impl Fn(&CutReport),
) -> Result<Vec<CutReport>, Failure> {
    let cluster = Cluster::make(&laboratory.tools, &format!("{side:?}").to_lowercase()).await?;
    let url = cluster.coordinator.url("toast");
    Toast::prepare(&laboratory.toast, &url)?;
    let terms = open::open_all(std::slice::from_ref(&url)).await?;
    let mut reports = Vec::new();
    for point in Point::ALL {
        let cut = Cut { point, side, every: 3 };
        let worker = cluster.workers.first().ok_or_else(|| Failure::wrong("the cluster", "has no worker"))?;
        let cutter = Cutter::start("127.0.0.1:0", &format!("127.0.0.1:{}", worker.port), cut).await?;
        cluster.reach_worker_at(1, cutter.address.port()).await?;
        cutter.arm(true);
        let plan = plan(laboratory, false);
        let reins = plan.reins.clone();
        let (history, torn, ()) = tokio::join!(
            laboratory.drive(&url, plan, &terms),
            write_everywhere(&url, &cutter),
            stop_when_cut(&cutter, &reins)
        );
        cutter.arm(false);
        let cuts = cutter.counts().1;
        cluster.reach_worker_at(1, worker.port).await?;
        let mut trial = Laboratory::check(history?, &url).await?;
        if let Some(violation) = torn? {
            trial.verdict.violations.push(violation);
        }
        let report = CutReport::of("coordinator – worker", cut, cuts, &trial.verdict);
        tell(&report);
        reports.push(report);
    }
    Ok(reports)
}

/// Ends a drive when the line was cut often enough and orders got through all the same.
async fn stop_when_cut(cutter: &Cutter, reins: &Reins) {
    let deadline = Moment::now().plus(PATIENCE);
    while Moment::now() < deadline && (cutter.counts().1 < CUTS || reins.acknowledged() < ORDERS) {
        sleep(Duration::from_millis(100)).await;
    }
    reins.stop();
}

/// Writes one value into every restaurant, which takes a two-phase commit; half of it must never stay.
async fn write_everywhere(url: &str, cutter: &Cutter) -> Result<Option<crate::check::Violation>, Failure> {
    let deadline = Moment::now().plus(PATIENCE);
    for round in 0.. {
        if Moment::now() > deadline || cutter.counts().1 >= CUTS {
            break;
        }
        // A cut line is an error here, and the point of it.
        if let Ok(mut connection) = PgConnection::connect(url).await {
            let statement = sqlx::query("UPDATE restaurants SET tagline = $1").bind(format!("Round {round}"));
            let _ = tokio::time::timeout(Duration::from_secs(8), statement.execute(&mut connection)).await;
            let _ = connection.close().await;
        }
        sleep(Duration::from_millis(250)).await;
    }
    // Recovery runs every other second.
    sleep(Duration::from_secs(6)).await;
    let failed = || Failure::database("reading what was written everywhere");
    let mut connection = PgConnection::connect(url).await.map_err(failed())?;
    let values: Vec<String> = sqlx::query_scalar("SELECT DISTINCT tagline FROM restaurants ORDER BY 1")
        .fetch_all(&mut connection)
        .await
        .map_err(failed())?;
    let text = format!("A two-phase commit was torn: restaurants say {}.", values.join(", "));
    Ok((values.len() > 1).then_some(crate::check::Violation { kind: Kind::Prepared, text }))
}
