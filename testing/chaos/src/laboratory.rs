//! Trials without a world: a private database, a Toast on it, guests, a mishap, and the checker.

use crate::{
    census::Census,
    check::{self, Expected, Verdict},
    drive::{self, Plan, browser::Place, names::Names},
    failure::Failure,
    history::History,
    menu::Terms,
    open,
    private::{Lossy, Postgres, Toast, Tools, execute},
};
use std::{path::PathBuf, time::Duration};

/// The longest trial in seconds; none needs it on a machine with time to spare.
pub const LONGEST: u64 = 150;

/// Where trials are made.
#[derive(Debug)]
pub struct Laboratory {
    /// Private servers come from here.
    pub tools: Tools,
    /// The program under trial.
    pub toast: PathBuf,
    base: Option<Postgres>,
    terms: Vec<Terms>,
    seed: u64,
}

/// What a trial came to.
#[derive(Debug)]
pub struct Trial {
    /// Everything that was asked and answered.
    pub history: History,
    /// What the checker said.
    pub verdict: Verdict,
}

impl Laboratory {
    /// Makes a database with the demo in it, from which every trial gets a copy.
    pub async fn open(toast: PathBuf, seed: u64) -> Result<Self, Failure> {
        let tools = Tools::find()?;
        let base = tools.server("base", &["fsync = off"])?;
        execute(&base.url("postgres"), "CREATE DATABASE toast").await?;
        Toast::prepare(&toast, &base.url("toast"))?;
        let terms = open::open_all(&[base.url("toast")]).await?;
        base.stop()?;
        Ok(Self { tools, toast, base: Some(base), terms, seed })
    }

    /// A copy of the database, started with these settings.
    pub fn database(&self, name: &str, settings: &[&str]) -> Result<Postgres, Failure> {
        let base = self.base.as_ref().ok_or_else(|| Failure::wrong("the laboratory", "is closed"))?;
        base.copy(name, settings)
    }

    /// Restaurants that are ordered from.
    pub fn terms(&self) -> &[Terms] {
        &self.terms
    }

    /// How guests behave in a trial.
    pub fn plan(&self) -> Plan {
        Plan {
            seed: self.seed,
            rate: 25.0,
            // Trials end when enough was seen, however slow the machine is.
            seconds: LONGEST,
            guests: 8,
            sources: Vec::new(),
            at_most: 200,
            patience: Duration::from_secs(8),
            new_key_on_retry: false,
            orders_only: true,
            reins: std::sync::Arc::default(),
        }
    }

    /// Drives guests against a server on a database, and writes down what they saw.
    pub async fn drive(&self, database: &str, plan: Plan, terms: &[Terms]) -> Result<History, Failure> {
        let toast = Toast::serve(&self.toast, database, self.tools.home()).await?;
        self.send_guests(toast.port, plan, terms).await
    }

    /// The same on a line that loses the answers to some orders.
    pub async fn drive_deaf(&self, database: &str, plan: Plan, terms: &[Terms]) -> Result<History, Failure> {
        let toast = Toast::serve(&self.toast, database, self.tools.home()).await?;
        let line = Lossy::start(toast.port).await?;
        self.send_guests(line.port, plan, terms).await
    }

    async fn send_guests(&self, port: u16, plan: Plan, terms: &[Terms]) -> Result<History, Failure> {
        let url = Toast::url_at(port);
        let url = url.parse().map_err(|error| Failure::wrong(&url, error))?;
        let place = Place { url, names: Names::Fixed(vec![Toast::address()]), authority: None };
        let file = self.tools.home().join(format!("history-{port}.jsonl"));
        drive::drive(plan, place, terms.to_vec(), &file).await?;
        History::read(&file)
    }

    /// Checks a history against a database.
    pub async fn check(history: History, database: &str) -> Result<Trial, Failure> {
        let census = Census::take(&[database.to_owned()], Duration::from_secs(20)).await?;
        let mut verdict = check::check(&history, &census, Expected::default());
        // The server that delivers messages is gone by now.
        verdict.violations.retain(|violation| violation.kind != check::Kind::Outbox);
        Ok(Trial { history, verdict })
    }
}

impl Drop for Laboratory {
    fn drop(&mut self) {
        drop(self.base.take());
        self.tools.remove();
    }
}
