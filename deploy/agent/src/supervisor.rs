//! Starting, stopping and reloading services through systemd.

use crate::{error::AgentError, exec};
use std::time::Duration;

/// Longer than a server takes to drain.
const LIMIT: Duration = Duration::from_secs(40);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Start it unless it runs.
    Start,
    Stop,
    Restart,
    /// Have it read its configuration without closing connections.
    Reload,
}

pub async fn act(action: Action, service: &str) -> Result<(), AgentError> {
    let verb = match action {
        Action::Start => "start",
        Action::Stop => "stop",
        Action::Restart => "restart",
        Action::Reload => "reload",
    };
    exec::run("systemctl", &[verb, &unit(service)], LIMIT).await.map(drop)
}

pub async fn is_running(service: &str) -> bool {
    exec::run("systemctl", &["is-active", "--quiet", &unit(service)], LIMIT).await.is_ok()
}

fn unit(service: &str) -> String {
    format!("{service}.service")
}
