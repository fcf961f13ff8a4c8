//! Jobs of Citus that move shards: at most one is on its way, and it goes on while nobody watches.

use super::{Desk, LONGEST_ANSWER, LOOK_EVERY, Moved, late, wrong};
use crate::error::Trouble;
use sqlx::Connection;
use std::time::{Duration, Instant};
use tokio::time::{sleep, timeout};

/// The longest time without a word from the coordinator: it may be replaced meanwhile, and the move goes on.
const LONGEST_SILENCE: Duration = Duration::from_mins(2);

/// How far a job has come.
#[derive(sqlx::FromRow)]
struct Job {
    state: String,
    done: i64,
    all: i64,
    why: Option<String>,
}

/// Waits for the end of a job that somebody else has started; there can be only one.
pub(super) async fn wait_for_others(desk: &Desk<'_>) -> Result<(), Trouble> {
    let mut coordinator = desk.coordinator().await?;
    let other: Option<i64> = sqlx::query_scalar(ON_ITS_WAY).fetch_optional(&mut coordinator).await?;
    coordinator.close().await?;
    match other {
        Some(job) => watch(desk, job).await.map(drop),
        None => Ok(()),
    }
}

/// Starts a job and sees it to its end.
pub(super) async fn run(desk: &Desk<'_>, start: &'static str) -> Result<Moved, Trouble> {
    let mut coordinator = desk.coordinator().await?;
    sqlx::raw_sql(BY_WHAT_THEY_HOLD).execute(&mut coordinator).await?;
    let job: Option<i64> = sqlx::query_scalar(start).fetch_one(&mut coordinator).await?;
    coordinator.close().await?;
    // Nothing is out of balance.
    let Some(job) = job else { return Ok(Moved { moves: 0 }) };
    let moved = watch(desk, job).await?;
    let mut coordinator = desk.coordinator().await?;
    sqlx::raw_sql("CALL citus_cleanup_orphaned_resources()").execute(&mut coordinator).await?;
    coordinator.close().await?;
    Ok(moved)
}

async fn watch(desk: &Desk<'_>, job: i64) -> Result<Moved, Trouble> {
    let mut heard = Instant::now();
    let mut told = None;
    loop {
        match timeout(LONGEST_ANSWER, ask(desk, job)).await.map_err(late).flatten() {
            Ok(Job { state, done, .. }) if state == "finished" => return Ok(Moved { moves: done }),
            Ok(Job { state, why, .. }) if matches!(state.as_str(), "failed" | "cancelled") => {
                let why = why.unwrap_or_default();
                return Err(wrong(&format!("job {job}"), &format!("has {state}: {why}")));
            }
            Ok(Job { done, all, .. }) => {
                heard = Instant::now();
                if told.replace(done) != Some(done) {
                    tracing::info!(done, all, "moves");
                }
            }
            Err(trouble) if heard.elapsed() > LONGEST_SILENCE => return Err(trouble),
            Err(trouble) => tracing::debug!(%trouble, "the coordinator says nothing"),
        }
        sleep(LOOK_EVERY).await;
    }
}

async fn ask(desk: &Desk<'_>, job: i64) -> Result<Job, Trouble> {
    let mut coordinator = desk.coordinator().await?;
    let answer = sqlx::query_as(STANDING).bind(job).fetch_one(&mut coordinator).await?;
    coordinator.close().await?;
    Ok(answer)
}

/// By default each shard counts as 100 MB more than it holds. While all are smaller than that, the largest move first, and
/// nearly every restaurant ends up in the newest group.
const BY_WHAT_THEY_HOLD: &str = "SET citus.rebalancer_by_disk_size_base_cost = 0";

const ON_ITS_WAY: &str = "SELECT job_id FROM pg_dist_background_job
    WHERE job_type = 'rebalance' AND state IN ('scheduled', 'running', 'cancelling', 'failing')";

const STANDING: &str = "SELECT job.state::text AS state,
        count(*) FILTER (WHERE task.status = 'done') AS done, count(task.task_id) AS all,
        max(task.message) FILTER (WHERE task.status = 'error') AS why
    FROM pg_dist_background_job job LEFT JOIN pg_dist_background_task task USING (job_id)
    WHERE job.job_id = $1 GROUP BY job.state";
