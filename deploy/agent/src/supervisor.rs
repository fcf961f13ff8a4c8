//! Starting, stopping and reloading services through the machine's supervisor.

use crate::{error::AgentError, exec, node_config::SupervisorKind};
use std::time::Duration;

/// Longer than a server takes to drain.
const LIMIT: Duration = Duration::from_secs(40);

/// An action on a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Start it unless it runs.
    Start,
    /// Stop it.
    Stop,
    /// Stop and start it.
    Restart,
    /// Have it read its configuration without closing connections.
    Reload,
}

impl SupervisorKind {
    /// Runs an action on a service.
    pub async fn act(self, action: Action, service: &str) -> Result<(), AgentError> {
        let verb = match (action, self) {
            (Action::Start, _) => "start",
            (Action::Stop, _) => "stop",
            (Action::Restart, _) => "restart",
            (Action::Reload, Self::Systemd) => "reload",
            // HAProxy's master process reloads on SIGUSR2, all other services on SIGHUP.
            (Action::Reload, Self::Runit) if service == "toast-haproxy" => "2",
            (Action::Reload, Self::Runit) => "hup",
        };
        match self {
            Self::Systemd => exec::run("systemctl", &[verb, &unit(service)], LIMIT).await.map(drop),
            Self::Runit => exec::run("sv", &["-w", "30", verb, &directory(service)], LIMIT).await.map(drop),
        }
    }

    /// Whether a service runs.
    pub async fn is_running(self, service: &str) -> bool {
        match self {
            Self::Systemd => exec::run("systemctl", &["is-active", "--quiet", &unit(service)], LIMIT).await.is_ok(),
            Self::Runit => {
                let status = exec::run("sv", &["status", &directory(service)], LIMIT).await;
                status.is_ok_and(|status| status.starts_with("run:"))
            }
        }
    }
}

fn unit(service: &str) -> String {
    format!("{service}.service")
}

fn directory(service: &str) -> String {
    format!("/etc/service/{service}")
}
