//! Faults of a temporary PostgreSQL: crashed, paused, signals to single processes.

use super::TempPostgres;
use crate::{
    Error,
    process::{PausedProcess, children, is_alive, signal},
};
use std::{fs, time::Duration};

impl TempPostgres {
    /// Kills all processes as the loss of a machine does; WAL that was not on disk is gone.
    pub fn crash(&self) -> Result<(), Error> {
        // The postmaster is stopped before its children are listed, so that it cannot fork, and all are stopped before any
        // is killed, so that no child can clean up after its parent's death.
        let Some(postmaster) = self.postmaster() else { return Err(Error::failed(self.data(), "is not running")) };
        let paused = PausedProcess::pause(postmaster)?;
        signal("KILL", paused.pids())?;
        for _ in 0..100 {
            if paused.pids().iter().all(|pid| !is_alive(*pid)) {
                // Zombies may remain in /proc; PostgreSQL would take the pid in this file for a running server.
                let file = self.data.join("postmaster.pid");
                return fs::remove_file(&file).map_err(Error::io(file.display()));
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Err(Error::failed("a killed PostgreSQL", "still runs"))
    }

    /// Stops all its processes until the result is dropped; connections stay open.
    pub fn pause(&self) -> Result<PausedProcess, Error> {
        PausedProcess::pause(self.postmaster().ok_or_else(|| Error::failed(self.data(), "is not running"))?)
    }

    /// Sends a signal to those processes whose title contains a text, such as `walwriter`; returns how many there are.
    pub fn signal(&self, name: &str, title: &str) -> Result<usize, Error> {
        let matches = |pid: &u32| {
            let line = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
            String::from_utf8_lossy(&line).contains(title)
        };
        let pids: Vec<_> = self.postmaster().map(children).unwrap_or_default().into_iter().filter(matches).collect();
        signal(name, &pids)?;
        Ok(pids.len())
    }
}
