//! Starting, stopping and reloading services through whoever supervises them on this machine.

use crate::{error::Trouble, identity::SupervisorKind, program};
use std::time::Duration;

/// Long enough for a server that drains.
const LONGEST: Duration = Duration::from_secs(40);

/// What can be done to a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// Start it unless it runs.
    Start,
    /// Stop it.
    Stop,
    /// Stop it and start it again.
    Restart,
    /// Have it read its configuration, without ending anything.
    Reload,
}

impl SupervisorKind {
    /// Does something to a service.
    pub async fn act(self, act: Act, service: &str) -> Result<(), Trouble> {
        let (program, arguments) = self.words(act, service);
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        program::run(program, &arguments, LONGEST).await.map(drop)
    }

    fn words(self, act: Act, service: &str) -> (&'static str, Vec<String>) {
        match self {
            Self::Systemd => {
                let verb = match act {
                    Act::Start => "start",
                    Act::Stop => "stop",
                    Act::Restart => "restart",
                    Act::Reload => "reload",
                };
                ("systemctl", vec![verb.to_owned(), format!("{service}.service")])
            }
            Self::Runit => {
                // HAProxy's master reloads on USR2, everything else of ours on HUP.
                let verb = match act {
                    Act::Start => "start",
                    Act::Stop => "stop",
                    Act::Restart => "restart",
                    Act::Reload if service == "toast-haproxy" => "2",
                    Act::Reload => "hup",
                };
                let folder = format!("/etc/service/{service}");
                ("sv", vec!["-w".to_owned(), "30".to_owned(), verb.to_owned(), folder])
            }
        }
    }

    /// Whether a service runs.
    pub async fn is_up(self, service: &str) -> bool {
        match self {
            Self::Systemd => {
                let unit = format!("{service}.service");
                program::run("systemctl", &["is-active", "--quiet", &unit], LONGEST).await.is_ok()
            }
            Self::Runit => {
                let folder = format!("/etc/service/{service}");
                let said = program::run("sv", &["status", &folder], LONGEST).await;
                said.is_ok_and(|said| said.starts_with("run:"))
            }
        }
    }
}
