//! The load generator on the client's node, and the check of its history on the operators' node.

use super::RunOptions;
use crate::{check::CheckReport, history::History, load::command_line};
use std::{collections::BTreeMap, fs, process::Child, thread::sleep, time::Duration};
use support::{Environment, Error, Timestamp, json, process::children};
use testbed::{Signal, process::signal};

/// Longer than any fault; the load is stopped.
const MAX_SECONDS: u64 = 7_200;
const START_TIMEOUT: Duration = Duration::from_mins(1);
/// Longer than orders are retried.
const STOP_TIMEOUT: Duration = Duration::from_secs(150);

/// Killed when dropped.
pub(super) struct BackgroundLoad {
    child: Child,
}

impl BackgroundLoad {
    pub(super) fn start(environment: &Environment, options: &RunOptions, name: &str) -> Result<Self, Error> {
        let file = format!("{name}.jsonl");
        let _ = fs::remove_file(environment.file(&file));
        let sources = environment.regular_client_addresses();
        let arguments = command_line::arguments(environment, &file, MAX_SECONDS, options.rate, options.seed, &sources)?;
        let child = environment.start_on(environment.client()?, &arguments, &format!("{name}.log"))?;
        let mut load = Self { child };
        let deadline = Timestamp::now().plus(START_TIMEOUT);
        let has_request = |text: String| text.lines().any(|line| line.starts_with("{\"request\""));
        while !fs::read_to_string(environment.file(&file)).is_ok_and(has_request) {
            if let Ok(Some(_)) = load.child.try_wait() {
                let log = fs::read_to_string(environment.file(&format!("{name}.log"))).unwrap_or_default();
                return Err(Error::failed("the load", log.trim()));
            }
            if Timestamp::now() > deadline {
                return Err(Error::failed("the load", "does not start"));
            }
            sleep(Duration::from_millis(300));
        }
        Ok(load)
    }

    /// Stops new operations and waits for those in flight.
    pub(super) fn stop(&mut self) -> Result<(), Error> {
        // The process that enters the node starts the load as its child.
        signal(Signal::Interrupt, children(self.child.id()))?;
        let deadline = Timestamp::now().plus(STOP_TIMEOUT);
        while self.child.try_wait().map_err(Error::io("the load"))?.is_none() {
            if Timestamp::now() > deadline {
                return Err(Error::failed("the load", "does not stop"));
            }
            sleep(Duration::from_millis(200));
        }
        Ok(())
    }
}

impl Drop for BackgroundLoad {
    fn drop(&mut self) {
        if let Ok(None) = self.child.try_wait() {
            let _ = signal(Signal::Kill, children(self.child.id()));
            let _ = self.child.wait();
        }
    }
}

pub(super) fn check(environment: &Environment, name: &str) -> Result<(History, CheckReport), Error> {
    let (history, report) =
        (environment.file(&format!("{name}.jsonl")), environment.file(&format!("{name}-check.json")));
    let _ = fs::remove_file(&report);
    let standbys = environment.testbed.members(0).count().saturating_sub(1).to_string();
    let files = [("--history", &history), ("--json", &report)];
    let mut arguments = vec!["check".to_owned(), "--patroni".to_owned(), "--standbys".to_owned(), standbys];
    arguments.extend(files.iter().flat_map(|(name, file)| [(*name).to_owned(), file.display().to_string()]));
    arguments.extend(environment.databases());
    environment.run_unchecked(environment.operator()?, &arguments)?;
    Ok((History::read(&history)?, json::read(&report)?))
}

/// The database group of each restaurant of a history.
pub(super) fn groups(environment: &Environment, history: &History) -> BTreeMap<String, i32> {
    let slugs = history.menus.iter().map(|seen| seen.slug.clone());
    slugs.filter_map(|slug| Some((slug.clone(), environment.group_of(&slug)?))).collect()
}
