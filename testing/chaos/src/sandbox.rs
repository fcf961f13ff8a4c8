//! Experiments without a testbed: a temporary database, a server on it, load, a fault, and the checker.

use crate::{
    check::{self, CheckReport, Expected},
    final_state::FinalState,
    history::History,
    load::{self, LoadOptions, browser::Site, name_resolver::NameResolver},
    menu::Terms,
    setup,
    test_services::{LossyProxy, ToastServer},
};
use std::{path::PathBuf, sync::Arc, time::Duration};
use support::{
    Error,
    databases::execute_at,
    postgres::{PostgresTools, TempPostgres},
};

/// Longest duration of an experiment; all end earlier on an idle machine.
pub const MAX_SECONDS: u64 = 150;

#[derive(Debug)]
pub struct Sandbox {
    pub tools: PostgresTools,
    /// The server program.
    pub toast: PathBuf,
    base: TempPostgres,
    terms: Vec<Terms>,
    seed: u64,
}

#[derive(Debug)]
pub struct Experiment {
    pub history: History,
    pub report: CheckReport,
}

impl Sandbox {
    /// Creates a database with the demo restaurants, which experiments copy.
    pub async fn open(toast: PathBuf, seed: u64) -> Result<Self, Error> {
        let tools = PostgresTools::find()?;
        let base = tools.server("base", &["fsync = off"])?;
        execute_at(&base.url("postgres"), "CREATE DATABASE toast").await?;
        ToastServer::prepare(&toast, &base.url("toast"))?;
        let terms = setup::open_restaurants(&[base.url("toast")]).await?;
        base.stop()?;
        Ok(Self { tools, toast, base, terms, seed })
    }

    /// A copy of the database, started with these settings.
    pub fn database(&self, name: &str, settings: &[&str]) -> Result<TempPostgres, Error> {
        self.base.copy(name, settings)
    }

    pub fn terms(&self) -> &[Terms] {
        &self.terms
    }

    pub fn load_options(&self) -> LoadOptions {
        LoadOptions {
            seed: self.seed,
            rate: 25.0,
            // Experiments stop the load when enough was observed.
            seconds: MAX_SECONDS,
            customers: 8,
            sources: Vec::new(),
            max_in_flight: 200,
            retry_seconds: 8,
            new_key_on_retry: false,
            orders_only: true,
            control: Arc::default(),
        }
    }

    /// Runs load against a server on a database.
    pub async fn run_load(&self, database: &str, options: LoadOptions, terms: &[Terms]) -> Result<History, Error> {
        let toast = ToastServer::start(&self.toast, database, self.tools.folder()).await?;
        self.send_load(toast.port, options, terms).await
    }

    /// The same through a proxy that drops the responses to some orders.
    pub async fn run_load_with_lost_responses(
        &self,
        database: &str,
        options: LoadOptions,
        terms: &[Terms],
    ) -> Result<History, Error> {
        let toast = ToastServer::start(&self.toast, database, self.tools.folder()).await?;
        let proxy = LossyProxy::start(toast.port).await?;
        self.send_load(proxy.port, options, terms).await
    }

    async fn send_load(&self, port: u16, options: LoadOptions, terms: &[Terms]) -> Result<History, Error> {
        let url = ToastServer::url_at(port);
        let url = url.parse().map_err(|error| Error::failed(&url, error))?;
        let site = Site { url, resolver: NameResolver::Fixed(vec![ToastServer::address()]), ca: None };
        let file = self.tools.folder().join(format!("history-{port}.jsonl"));
        load::run(options, site, terms.to_vec(), &file).await?;
        History::read(&file)
    }

    pub async fn check(history: History, database: &str) -> Result<Experiment, Error> {
        let state = FinalState::read(&[database.to_owned()], Duration::from_secs(20)).await?;
        let mut report = check::check(&history, &state, Expected::default());
        // The server that delivers messages has been stopped.
        report.violations.retain(|violation| violation.kind != check::Kind::Outbox);
        Ok(Experiment { history, report })
    }
}
