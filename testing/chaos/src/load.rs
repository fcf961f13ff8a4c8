//! The load generator: customers and staff send requests on a fixed schedule, and all outcomes are recorded.

pub mod abusive_client;
pub mod browser;
mod browsing;
pub mod canary_order;
pub mod command_line;
mod generator;
mod http;
pub mod name_resolver;
mod operation;
mod options;
mod order_generator;
mod orders;
mod runner;
mod schedule;
mod staff;

pub use options::{DEFAULT_RATE, LoadControl, LoadOptions, LoadSummary};

use crate::{
    history::{Entry, Recorder, Run},
    menu::Terms,
};
use browser::Site;
use generator::LoadGenerator;
use rand::{Rng, SeedableRng, rngs::StdRng};
use std::{path::Path, sync::Arc, time::Duration};
use support::{Error, Timestamp};
use tokio::sync::mpsc;

/// Runs the load to its end and writes the history.
pub async fn run(options: LoadOptions, site: Site, terms: Vec<Terms>, history: &Path) -> Result<LoadSummary, Error> {
    let mut recorder = Recorder::create(history)?;
    let operations = schedule::schedule(options.seed, options.rate, Duration::from_secs(options.seconds));
    let marker = format!("{:08x}", StdRng::from_os_rng().random::<u32>());
    let started = Timestamp::now().plus(Duration::from_secs(1));
    let run = Run { marker, seed: options.seed, started, seconds: options.seconds };
    recorder.write(&Entry::Run(run.clone()))?;
    let (entries, mut received) = mpsc::unbounded_channel();
    let generator = Arc::new(LoadGenerator::new(options, run, site, terms, entries));
    generator.read_menus().await?;
    let writer = tokio::spawn(async move {
        let mut flush = tokio::time::interval(Duration::from_secs(1));
        loop {
            tokio::select! {
                entry = received.recv() => match entry {
                    Some(entry) => recorder.write(&entry)?,
                    None => return recorder.flush(),
                },
                _ = flush.tick() => recorder.flush()?,
            }
        }
    });
    let summary = runner::run(&generator, &operations).await;
    // The last orders may have been priced by newer menus. Without them, the check reports the orders it cannot price.
    let _ = generator.read_menus().await;
    drop(generator);
    writer.await.map_err(|error| Error::failed("the writer of the history", error))??;
    Ok(summary)
}
