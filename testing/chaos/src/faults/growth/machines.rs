//! Machines that a world may get, and waiting for what becomes of them.

use super::Notes;
use crate::{failure::Failure, moment::Moment, stage::Stage};
use agent::inventory::Role;
use std::{
    path::{Path, PathBuf},
    thread::sleep,
    time::Duration,
};

/// What a node is told to do, inside it.
pub(super) const AGENT: &str = "/opt/toast/current/bin/toast-agent";
/// A machine that has nothing to say for so long never will.
const LONGEST: Duration = Duration::from_mins(3);

/// The system of such machines; made beside the bundle the first time.
pub(super) fn image(stage: &Stage, role: Role) -> Result<PathBuf, Failure> {
    let folder = stage.bundle.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    Ok(testbed::debootstrap::image(folder, testbed::debootstrap::role_name(role), stage.world.is_sharded())?)
}

/// The nodes of a role that were added to the world.
pub(super) fn added(stage: &Stage, role: Role) -> Vec<&testbed::Node> {
    stage.world.bare().filter_map(|name| stage.world.node(name).ok()).filter(|node| node.is(role)).collect()
}

/// Measures from one moment on.
pub(super) struct Clock {
    begun: Moment,
    notes: Notes,
}

impl Clock {
    pub(super) fn start() -> Self {
        Self { begun: Moment::now(), notes: Notes::new() }
    }

    /// Notes down how long it took until now.
    pub(super) fn note(&mut self, what: &str) {
        self.notes.insert(what.to_owned(), Moment::now().since(self.begun).as_secs_f64());
    }

    /// Notes down a number.
    pub(super) fn count(&mut self, what: &str, number: f64) {
        self.notes.insert(what.to_owned(), number);
    }

    /// Waits for something, and notes down how long it took until it was so.
    pub(super) fn wait(&mut self, what: &str, mut look: impl FnMut() -> bool) -> Result<(), Failure> {
        let deadline = Moment::now().plus(LONGEST);
        while !look() {
            if Moment::now() > deadline {
                return Err(Failure::wrong(what, format!("not within {} s", LONGEST.as_secs())));
            }
            sleep(Duration::from_millis(200));
        }
        self.note(what);
        Ok(())
    }

    pub(super) fn notes(self) -> Notes {
        self.notes
    }
}
