//! Background jobs of Citus that move shards: at most one runs, also while no client is connected.

use super::{POLL_INTERVAL, QUERY_TIMEOUT, ShardMover, late};
use crate::error::AgentError;
use std::time::{Duration, Instant};
use tokio::time::{sleep, timeout};

/// The longest time without a response from a coordinator's leader: the job goes on during a failover.
const SILENCE_LIMIT: Duration = Duration::from_mins(2);

#[derive(sqlx::FromRow)]
struct Job {
    state: String,
    done: i64,
    total: i64,
    error: Option<String>,
}

/// Waits for the job of another operator, if one is running.
pub(super) async fn wait_for_running(mover: &ShardMover<'_>) -> Result<(), AgentError> {
    let job: Option<i64> = sqlx::query_scalar(RUNNING).fetch_optional(&mut mover.coordinator().await?).await?;
    match job {
        Some(job) => wait_for(mover, job).await.map(drop),
        None => Ok(()),
    }
}

/// Starts a job and waits for its end; returns the number of moves, which is 0 if there is nothing to move.
pub(super) async fn run(mover: &ShardMover<'_>, start: &'static str) -> Result<i64, AgentError> {
    let mut coordinator = mover.coordinator().await?;
    sqlx::raw_sql(BALANCE_BY_SIZE).execute(&mut coordinator).await?;
    let job: Option<i64> = sqlx::query_scalar(start).fetch_one(&mut coordinator).await?;
    drop(coordinator);
    let Some(job) = job else { return Ok(0) };
    let done = wait_for(mover, job).await?;
    sqlx::raw_sql("CALL citus_cleanup_orphaned_resources()").execute(&mut mover.coordinator().await?).await?;
    Ok(done)
}

async fn wait_for(mover: &ShardMover<'_>, job: i64) -> Result<i64, AgentError> {
    let mut last_response = Instant::now();
    let mut last_done = None;
    loop {
        match timeout(QUERY_TIMEOUT, progress(mover, job)).await.map_err(late).flatten() {
            Ok(Job { state, done, .. }) if state == "finished" => return Ok(done),
            Ok(Job { state, error, .. }) if matches!(state.as_str(), "failed" | "cancelled") => {
                return Err(AgentError::invalid(
                    format!("job {job}"),
                    format!("{state}: {}", error.unwrap_or_default()),
                ));
            }
            Ok(Job { done, total, .. }) => {
                last_response = Instant::now();
                if last_done.replace(done) != Some(done) {
                    tracing::info!(done, total, "moving shards");
                }
            }
            Err(error) if last_response.elapsed() > SILENCE_LIMIT => return Err(error),
            Err(error) => tracing::debug!(%error, "coordinator does not respond"),
        }
        sleep(POLL_INTERVAL).await;
    }
}

async fn progress(mover: &ShardMover<'_>, job: i64) -> Result<Job, AgentError> {
    Ok(sqlx::query_as(PROGRESS).bind(job).fetch_one(&mut mover.coordinator().await?).await?)
}

/// By default 100 MB are added to each shard's size. While all shards are smaller than that, the largest move first, and
/// nearly all restaurants end up in the newest group.
const BALANCE_BY_SIZE: &str = "SET citus.rebalancer_by_disk_size_base_cost = 0";

const RUNNING: &str = "SELECT job_id FROM pg_dist_background_job
    WHERE job_type = 'rebalance' AND state IN ('scheduled', 'running', 'cancelling', 'failing')";

const PROGRESS: &str = "SELECT job.state::text AS state,
        count(*) FILTER (WHERE task.status = 'done') AS done, count(task.task_id) AS total,
        max(task.message) FILTER (WHERE task.status = 'error') AS error
    FROM pg_dist_background_job job LEFT JOIN pg_dist_background_task task USING (job_id)
    WHERE job.job_id = $1 GROUP BY job.state";
