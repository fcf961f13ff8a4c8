//! This node's membership in the mesh: joining, and publishing the mesh as it changes.

use crate::{
    backoff::Backoff,
    bundle::{Bundle, JOIN_KEY, MESH_CACHE},
    error::AgentError,
    files,
    mesh::{self, Mesh, MeshState, TailscaleClient},
};
use std::{
    path::Path,
    time::{Duration, Instant},
};
use tokio::sync::watch;

/// The longest time until a new peer is noticed.
const POLL_INTERVAL: Duration = Duration::from_secs(3);

/// Joins the mesh with this node's key and publishes each change of the mesh.
pub struct MeshMembership {
    client: TailscaleClient,
    sender: watch::Sender<Mesh>,
    last_poll: Option<Instant>,
    join_backoff: Backoff,
}

impl MeshMembership {
    /// Begins with the mesh as last seen before a restart.
    pub fn new() -> Result<Self, reqwest::Error> {
        Ok(Self {
            client: TailscaleClient::new()?,
            sender: watch::Sender::new(Mesh::load_cache(Path::new(MESH_CACHE))),
            last_poll: None,
            join_backoff: Backoff::default(),
        })
    }

    pub fn current(&self) -> Mesh {
        self.sender.borrow().clone()
    }

    pub fn subscribe(&self) -> watch::Receiver<Mesh> {
        self.sender.subscribe()
    }

    /// Whether it is time to poll: every tick until this node has joined, then every 3 s.
    pub fn is_due(&self) -> bool {
        !self.join_backoff.is_waiting() && self.last_poll.is_none_or(|poll| poll.elapsed() > POLL_INTERVAL)
    }

    /// Polls tailscaled, and joins if it needs a key.
    pub async fn ensure_mesh_joined(&mut self, bundle: &Bundle) -> Result<(), AgentError> {
        self.last_poll = None;
        match self.client.state().await? {
            MeshState::Running(seen) => self.publish(seen)?,
            MeshState::Starting => {}
            MeshState::NeedsLogin => self.join(bundle).await?,
        }
        self.last_poll = self.sender.borrow().address.map(|_| Instant::now());
        Ok(())
    }

    fn publish(&mut self, seen: Mesh) -> Result<(), AgentError> {
        self.join_backoff.reset();
        let before = self.current();
        let seen = seen.or_known_peers(&before);
        if seen == before {
            return Ok(());
        }
        let text = serde_json::to_string(&seen).unwrap_or_default();
        self.sender.send_replace(seen);
        files::replace(Path::new(MESH_CACHE), &text, 0o600, None)
    }

    async fn join(&mut self, bundle: &Bundle) -> Result<(), AgentError> {
        let key = Path::new(JOIN_KEY);
        if !key.exists() {
            return Err(AgentError::Waiting(format!("a key in {JOIN_KEY}")));
        }
        mesh::join(&bundle.node.name, &bundle.inventory.control_name(), key)
            .await
            .inspect_err(|_| self.join_backoff.record_failure())?;
        tracing::info!("joined the mesh");
        std::fs::remove_file(key).map_err(AgentError::file(key))
    }
}
