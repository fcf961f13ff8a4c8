//! One service of a node: stopping, starting, killing, freezing.

use crate::{
    error::WorldError,
    node::Node,
    process::{self, Process, Signal},
    wait::until,
};
use std::{fs, io::Write as _, os::unix::fs::OpenOptionsExt as _, path::PathBuf, time::Duration};

/// Longer than the server gives its open requests.
const LONGEST_STOP: Duration = Duration::from_mins(1);
const LONGEST_STANDSTILL: Duration = Duration::from_secs(10);
const LONGEST_START: Duration = Duration::from_secs(20);
/// `O_NONBLOCK` of Linux: a service whose supervisor is gone is told at once, not waited for.
const WITHOUT_WAITING: i32 = 0o4000;

/// One service of a node.
#[derive(Debug, Clone)]
pub struct Service<'a> {
    node: &'a Node,
    name: String,
    folder: PathBuf,
}

impl<'a> Service<'a> {
    /// A service by its name, with or without `toast-`.
    pub(crate) fn new(node: &'a Node, name: &str) -> Self {
        let name = if name.starts_with("toast-") { name.to_owned() } else { format!("toast-{name}") };
        let folder = node.folder().join("service").join(&name);
        Self { node, name, folder }
    }

    /// Its whole name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Where its log is, on the host.
    pub fn log(&self) -> PathBuf {
        self.node.folder().join(format!("log/{0}/current", self.name))
    }

    /// The id of its process, on the host.
    pub fn pid(&self) -> Result<u32, WorldError> {
        // In the pause before it comes back, the id is that of the pause.
        if !self.is_up()? {
            return Err(self.not_running());
        }
        let inner = fs::read_to_string(self.folder.join("supervise/pid")).unwrap_or_default();
        let inner: u32 = inner.trim().parse().map_err(|_| self.not_running())?;
        let all = self.node.processes()?;
        all.iter().find(|one| one.inner == inner).map(|one| one.pid).ok_or_else(|| self.not_running())
    }

    /// Whether it runs. A frozen one does.
    pub fn is_up(&self) -> Result<bool, WorldError> {
        self.node.init_pid()?;
        Ok(self.standing()?.starts_with("run"))
    }

    /// Its process and all that descend from it. What has left the tree (a postmaster without its Patroni) is not here;
    /// [`Node::processes`] has it.
    pub fn processes(&self) -> Result<Vec<Process>, WorldError> {
        let all = self.node.processes()?;
        Ok(process::tree(&all, self.pid()?))
    }

    /// Ends its process at once. It comes back after its usual pause.
    pub fn kill(&self) -> Result<(), WorldError> {
        process::signal(Signal::Kill, [self.pid()?])
    }

    /// Ends its process and all that descend from it at once. It comes back after its usual pause.
    pub fn kill_tree(&self) -> Result<(), WorldError> {
        self.signal_tree(Signal::Kill)
    }

    /// Ends its process and all that descend from it at once, for as long as nobody starts it.
    pub fn kill_for_good(&self) -> Result<(), WorldError> {
        let processes = self.processes();
        self.order(b"o")?;
        process::signal(Signal::Kill, processes?.iter().map(|one| one.pid))
    }

    /// Sends a signal to its process.
    pub fn signal(&self, signal: Signal) -> Result<(), WorldError> {
        process::signal(signal, [self.pid()?])
    }

    /// Sends a signal to its process and all that descend from it.
    pub fn signal_tree(&self, signal: Signal) -> Result<(), WorldError> {
        process::signal(signal, self.processes()?.iter().map(|one| one.pid))
    }

    /// Stops it in good order and waits until it has.
    pub fn stop(&self) -> Result<(), WorldError> {
        self.order(b"d")?;
        let what = format!("the stop of {} on {}", self.name, self.node.name);
        until(&what, LONGEST_STOP, || Ok(self.standing()?.starts_with("down").then_some(())))
    }

    /// Starts it and waits until its process is there.
    pub fn start(&self) -> Result<(), WorldError> {
        self.order(b"u")?;
        let what = format!("the start of {} on {}", self.name, self.node.name);
        until(&what, LONGEST_START, || if self.is_up()? { self.pid().map(|_| Some(())) } else { Ok(None) })
    }

    /// Stops it in good order and starts it again.
    pub fn restart(&self) -> Result<(), WorldError> {
        self.stop()?;
        self.start()
    }

    /// Has it read its configuration again.
    pub fn reload(&self) -> Result<(), WorldError> {
        self.order(b"h")
    }

    /// Stops all its processes where they are.
    pub fn freeze(&self) -> Result<(), WorldError> {
        until(&format!("the standstill of {} on {}", self.name, self.node.name), LONGEST_STANDSTILL, || {
            // What was made while others were being stopped is stopped in the next round.
            let running: Vec<u32> = self.processes()?.iter().filter(|one| !one.stopped).map(|one| one.pid).collect();
            let none = running.is_empty();
            process::signal(Signal::Stop, running)?;
            Ok(none.then_some(()))
        })
    }

    /// Lets all its processes go on.
    pub fn thaw(&self) -> Result<(), WorldError> {
        self.signal_tree(Signal::Continue)
    }

    fn standing(&self) -> Result<String, WorldError> {
        let path = self.folder.join("supervise/stat");
        match fs::read_to_string(&path) {
            Ok(said) => Ok(said),
            Err(_) if !self.folder.exists() => Err(self.missing()),
            // For a moment after the boot nobody watches over it yet.
            Err(_) => Ok("down".to_owned()),
        }
    }

    fn order(&self, order: &[u8]) -> Result<(), WorldError> {
        self.node.init_pid()?;
        let path = self.folder.join("supervise/control");
        let opened = fs::OpenOptions::new().write(true).custom_flags(WITHOUT_WAITING).open(&path);
        let mut control = opened.map_err(|_| self.missing())?;
        control.write_all(order).map_err(WorldError::file(&path))
    }

    fn missing(&self) -> WorldError {
        WorldError::NoService { node: self.node.name.clone(), service: self.name.clone() }
    }

    fn not_running(&self) -> WorldError {
        WorldError::NotRunning { node: self.node.name.clone(), service: self.name.clone() }
    }
}
