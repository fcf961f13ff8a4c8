//! New machines of a testbed, and how long their steps take.

use crate::expectation::Observations;
use agent::inventory::Role;
use std::{
    path::{Path, PathBuf},
    time::Duration,
};
use support::{Environment, Error, Timestamp, wait};
use testbed::Node;

pub(super) const AGENT: &str = "/opt/toast/current/bin/toast-agent";
const STEP_TIMEOUT: Duration = Duration::from_mins(3);

/// The root file system of a new machine; created next to the release the first time.
pub(super) fn image(environment: &Environment, role: Role) -> Result<PathBuf, Error> {
    let folder = environment.bundle.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    Ok(testbed::debootstrap::image(folder, testbed::debootstrap::role_name(role), environment.testbed.is_sharded())?)
}

/// Nodes of a role that were added to the testbed.
pub(super) fn added(environment: &Environment, role: Role) -> Vec<&Node> {
    let testbed = &environment.testbed;
    testbed.bare().filter_map(|name| testbed.node(name).ok()).filter(|node| node.is(role)).collect()
}

/// Observes the seconds from its start to several events.
pub(super) struct Stopwatch {
    started: Timestamp,
    observations: Observations,
}

impl Stopwatch {
    pub(super) fn start() -> Self {
        Self { started: Timestamp::now(), observations: Observations::new() }
    }

    pub(super) fn lap(&mut self, event: &str) {
        self.count(event, Timestamp::now().since(self.started).as_secs_f64());
    }

    /// Adds another figure.
    pub(super) fn count(&mut self, name: &str, number: f64) {
        self.observations.insert(name.to_owned(), number);
    }

    pub(super) fn wait(&mut self, event: &str, condition: impl FnMut() -> bool) -> Result<(), Error> {
        let waited = wait::until(STEP_TIMEOUT, condition);
        waited.ok_or_else(|| Error::failed(event, wait::after(waited, STEP_TIMEOUT)))?;
        self.lap(event);
        Ok(())
    }

    pub(super) fn observations(self) -> Observations {
        self.observations
    }
}
