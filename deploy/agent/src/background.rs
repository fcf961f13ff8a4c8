//! Tasks of the agent that run in parallel to the reconcile loop, each at its own interval.

use crate::{
    backoff,
    bundle::Bundle,
    error::AgentError,
    fence::Fence,
    group_admission::{self, GroupAdmission},
    inventory::Role,
    mesh::Mesh,
    patroni::Patroni,
    prepared_transactions,
    state::{self, SharedState},
    status_server,
};
use backon::Retryable;
use std::time::Duration;
use tokio::{sync::watch, task::JoinSet, time::sleep};

const STATUS_INTERVAL: Duration = Duration::from_secs(2);
const FENCE_INTERVAL: Duration = Duration::from_millis(500);

/// Starts the tasks of this node's roles; dropping the set ends them.
pub fn spawn(bundle: &Bundle, shared: &SharedState, mesh: &watch::Receiver<Mesh>) -> Result<JoinSet<()>, AgentError> {
    let node = &bundle.node;
    let mut tasks = JoinSet::new();
    if node.in_mesh() {
        tasks.spawn(status_server_loop(shared.clone(), mesh.clone()));
        tasks.spawn(poll_local_status(
            node.group,
            node.is(Role::App),
            shared.clone(),
            mesh.clone(),
            Patroni::new(state::TIMEOUT)?,
            state::client()?,
        ));
    }
    if node.citus && node.group == Some(0) {
        tasks.spawn(fence_loop(Fence::new()?, shared.clone(), mesh.clone()));
    }
    if let (true, Some(secrets)) = (node.citus, &bundle.secrets) {
        if node.group == Some(0) {
            tasks.spawn(group_admission_loop(GroupAdmission::new(secrets.clone())?, mesh.clone()));
        }
        if node.is(Role::App) {
            tasks.spawn(recovery_loop(secrets.toast.clone(), shared.clone()));
        }
    }
    Ok(tasks)
}

async fn status_server_loop(shared: SharedState, mesh: watch::Receiver<Mesh>) {
    let serve = || async {
        let mut joined = mesh.clone();
        let address = joined.wait_for(|mesh| mesh.address.is_some()).await.ok().and_then(|mesh| mesh.address);
        let address = address.ok_or_else(|| AgentError::Waiting("an address in the mesh".to_owned()))?;
        status_server::serve(address, shared.clone(), mesh.clone()).await
    };
    let retried = serve.retry(backoff::delays());
    drop(retried.notify(|error, _| tracing::warn!(%error, "status server failed, retrying")).await);
}

/// Updates the state of this node's database and server.
async fn poll_local_status(
    group: Option<u16>,
    is_app: bool,
    shared: SharedState,
    mesh: watch::Receiver<Mesh>,
    patroni: Patroni,
    client: reqwest::Client,
) {
    loop {
        let own = mesh.borrow().address;
        if let (Some(own), Some(group)) = (own, group) {
            let database = patroni.state(own, group).await;
            shared.update(|state| state.database = Some(database));
        }
        if let (Some(own), true) = (own, is_app) {
            let circuits = state::fetch_circuits(&client, own).await;
            shared.update(|state| state.circuits = circuits);
        }
        sleep(STATUS_INTERVAL).await;
    }
}

async fn fence_loop(mut fence: Fence, shared: SharedState, mesh: watch::Receiver<Mesh>) {
    loop {
        let seen = mesh.borrow().clone();
        if let Err(error) = fence.check(&seen).await {
            tracing::debug!(%error, "fence check failed, retrying");
        }
        shared.update(|state| state.terminated_connections = fence.terminated_connections);
        sleep(FENCE_INTERVAL).await;
    }
}

async fn group_admission_loop(mut admission: GroupAdmission, mesh: watch::Receiver<Mesh>) {
    loop {
        let own = mesh.borrow().address;
        if let Some(own) = own
            && let Err(error) = admission.check(own).await
        {
            tracing::debug!(%error, "database group registration failed, retrying");
        }
        sleep(group_admission::INTERVAL).await;
    }
}

async fn recovery_loop(password: String, shared: SharedState) {
    loop {
        match prepared_transactions::recover(&password).await {
            Ok(0) => {}
            Ok(count) => {
                tracing::info!(count, "recovered prepared transactions");
                shared.update(|state| state.recovered_transactions += u64::from(count.unsigned_abs()));
            }
            Err(error) => tracing::debug!(%error, "recovery of prepared transactions failed, retrying"),
        }
        // Random, so that the agents of several servers do not run in step.
        sleep(prepared_transactions::INTERVAL.mul_f64(rand::random_range(0.8..1.2))).await;
    }
}
