//! One service of a node: stopping, starting, killing, freezing.

use crate::{
    error::TestbedError,
    exec::run,
    node::Node,
    paths,
    process::{self, Process, Signal},
    wait::until,
};
use std::{path::PathBuf, time::Duration};

const FREEZE_TIMEOUT: Duration = Duration::from_secs(10);

#[derive(Debug, Clone)]
pub struct Service<'a> {
    node: &'a Node,
    name: String,
}

impl<'a> Service<'a> {
    pub(crate) fn new(node: &'a Node, name: &str) -> Self {
        let name = if name.starts_with("toast-") { name.to_owned() } else { format!("toast-{name}") };
        Self { node, name }
    }

    /// Name of the unit, without `.service`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Path of its log on the host.
    pub fn log(&self) -> PathBuf {
        self.node.folder().join(format!("log/{}.log", self.name))
    }

    /// Pid of its main process on the host.
    pub fn pid(&self) -> Result<u32, TestbedError> {
        let down = || TestbedError::ServiceDown { node: self.node.name.clone(), service: self.name.clone() };
        let ns_pid = self.property("MainPID")?.parse::<u32>().ok().filter(|pid| *pid > 0).ok_or_else(down)?;
        self.node.processes()?.iter().find(|one| one.ns_pid == ns_pid).map(|one| one.pid).ok_or_else(down)
    }

    /// Whether it runs. A frozen service counts as running.
    pub fn is_up(&self) -> Result<bool, TestbedError> {
        Ok(matches!(self.property("ActiveState")?.as_str(), "active" | "reloading"))
    }

    /// Its main process and all descendants. Orphans, such as a postmaster whose Patroni was killed, are only in
    /// [`Node::processes`].
    pub fn processes(&self) -> Result<Vec<Process>, TestbedError> {
        let all = self.node.processes()?;
        Ok(process::tree(&all, self.pid()?))
    }

    /// Kills its main process. systemd restarts the service after `RestartSec=`.
    pub fn kill(&self) -> Result<(), TestbedError> {
        process::signal(Signal::Kill, [self.pid()?])
    }

    /// Kills its main process and all descendants. systemd restarts the service after `RestartSec=`.
    pub fn kill_tree(&self) -> Result<(), TestbedError> {
        self.signal_tree(Signal::Kill)
    }

    /// Kills its main process and all descendants, without a restart.
    pub fn kill_without_restart(&self) -> Result<(), TestbedError> {
        self.kill_tree()?;
        self.stop()
    }

    pub fn signal(&self, signal: Signal) -> Result<(), TestbedError> {
        process::signal(signal, [self.pid()?])
    }

    /// Sends a signal to its main process and all descendants.
    pub fn signal_tree(&self, signal: Signal) -> Result<(), TestbedError> {
        process::signal(signal, self.processes()?.iter().map(|one| one.pid))
    }

    /// Stops it gracefully and waits for its end.
    pub fn stop(&self) -> Result<(), TestbedError> {
        self.systemctl(&["stop"]).map(drop)
    }

    /// Starts it, also after it has reached systemd's limit of restarts.
    pub fn start(&self) -> Result<(), TestbedError> {
        // Fails where systemd has not loaded the unit, which then has no restarts to reset.
        drop(self.systemctl(&["reset-failed"]));
        self.systemctl(&["start"]).map(drop)
    }

    /// Stops it gracefully and starts it again.
    pub fn restart(&self) -> Result<(), TestbedError> {
        self.stop()?;
        self.start()
    }

    /// Has it read its configuration again.
    pub fn reload(&self) -> Result<(), TestbedError> {
        self.systemctl(&["reload"]).map(drop)
    }

    /// Sends SIGSTOP to all its processes.
    pub fn freeze(&self) -> Result<(), TestbedError> {
        until(&format!("freeze of {} on {}", self.name, self.node.name), FREEZE_TIMEOUT, || {
            // Processes forked while others were being stopped are stopped in the next pass.
            let running: Vec<u32> = self.processes()?.iter().filter(|one| !one.stopped).map(|one| one.pid).collect();
            let none = running.is_empty();
            process::signal(Signal::Stop, running)?;
            Ok(none.then_some(()))
        })
    }

    /// Sends SIGCONT to all its processes.
    pub fn thaw(&self) -> Result<(), TestbedError> {
        self.signal_tree(Signal::Continue)
    }

    fn property(&self, name: &str) -> Result<String, TestbedError> {
        Ok(self.systemctl(&["show", "--value", "--property", name])?.trim().to_owned())
    }

    fn systemctl(&self, arguments: &[&str]) -> Result<String, TestbedError> {
        let unit = format!("{}.service", self.name);
        let mut command = self.node.command("systemctl")?;
        if !paths::units(&self.node.name).join(&unit).exists() {
            return Err(TestbedError::UnknownService { node: self.node.name.clone(), service: self.name.clone() });
        }
        run(command.args(arguments).arg(unit))
    }
}
