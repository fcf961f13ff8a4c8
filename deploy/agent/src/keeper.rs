//! Keeping one engine right: render, check, swap, take over; again when something changed, drifted or fell.

use crate::{
    engines::Engine,
    error::Trouble,
    files,
    identity::SupervisorKind,
    supervisor::Act,
    templates::{Scene, Templates},
};
use std::time::{Duration, Instant};

/// One engine of this node and what is known of it.
pub struct Keeper {
    engine: Engine,
    supervisor: SupervisorKind,
    taken: Vec<String>,
    trouble: Option<String>,
    failures: u32,
    not_before: Option<Instant>,
    looked: Option<Instant>,
    repairs: u64,
}

/// How often a service is asked whether it runs.
const LOOK_EVERY: Duration = Duration::from_secs(10);

/// How much a round looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// Nothing new was seen.
    Same,
    /// Something new was seen.
    Anew,
    /// Whatever was seen, everything is compared with the disk.
    Closely,
}

/// What happened to an engine in one round.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Round {
    /// Nothing had to be done.
    Quiet,
    /// It has a new configuration.
    Changed,
    /// A file or the service was not what it should be.
    Repaired,
}

impl Keeper {
    /// Begins to keep an engine.
    pub const fn new(engine: Engine, supervisor: SupervisorKind) -> Self {
        Self {
            engine,
            supervisor,
            taken: Vec::new(),
            trouble: None,
            failures: 0,
            not_before: None,
            looked: None,
            repairs: 0,
        }
    }

    /// The engine's service.
    pub const fn service(&self) -> &'static str {
        self.engine.service
    }

    /// What is wrong with the engine now.
    pub fn trouble(&self) -> Option<&str> {
        self.trouble.as_deref()
    }

    /// How often it was put right.
    pub const fn repairs(&self) -> u64 {
        self.repairs
    }

    /// One round. Where nothing is seen that was not seen before, only the service is looked after; a close look
    /// compares the disk as well.
    pub async fn round(&mut self, templates: &Templates, scene: &Scene<'_>, look: Look) -> Round {
        if self.not_before.is_some_and(|moment| Instant::now() < moment) {
            return Round::Quiet;
        }
        let settled = look == Look::Same && self.trouble.is_none() && !self.taken.is_empty();
        let done = if settled {
            self.keep_up(false).await
        } else {
            self.try_round(templates, scene, look == Look::Closely).await
        };
        match done {
            Ok(round) => {
                (self.trouble, self.failures, self.not_before) = (None, 0, None);
                if round == Round::Repaired {
                    self.repairs = self.repairs.saturating_add(1);
                }
                round
            }
            Err(trouble) => {
                self.put_off(&trouble);
                Round::Quiet
            }
        }
    }

    async fn try_round(&mut self, templates: &Templates, scene: &Scene<'_>, closely: bool) -> Result<Round, Trouble> {
        let expected = |role| scene.inventory.with_role(role).count();
        if let Some(missing) = self.engine.waits_for(scene.mesh, &scene.identity.roles, expected) {
            return Err(Trouble::Waiting(missing));
        }
        let rendered = self.render(templates, scene)?;
        let domain = &scene.inventory.domain;
        let drifted = closely && !self.is_on_disk(&rendered, domain);
        if rendered == self.taken && !drifted {
            return self.keep_up(closely).await;
        }
        let first_time = self.taken.is_empty();
        let same_on_disk = self.is_on_disk(&rendered, domain);
        if !same_on_disk {
            self.swap(&rendered, domain).await?;
        }
        self.take_over(same_on_disk).await?;
        self.taken = rendered;
        Ok(if drifted && !first_time { Round::Repaired } else { Round::Changed })
    }

    fn render(&self, templates: &Templates, scene: &Scene<'_>) -> Result<Vec<String>, Trouble> {
        self.engine.files.iter().map(|file| templates.render(file.template, scene)).collect()
    }

    fn is_on_disk(&self, rendered: &[String], domain: &str) -> bool {
        // A version whose engine runs as another user than before finds the right text in a file that it cannot read.
        self.engine.files.iter().zip(rendered).all(|(file, text)| {
            let place = file.place(domain);
            files::holds(&place, text) && files::belongs(&place, file.owner)
        })
    }

    /// Has the engine's own program read the new files before any of them is taken.
    async fn swap(&self, rendered: &[String], domain: &str) -> Result<(), Trouble> {
        let mut checked = false;
        for (file, text) in self.engine.files.iter().zip(rendered) {
            let path = file.place(domain);
            if !checked && !self.engine.check.is_empty() {
                let candidate = path.with_extension("candidate");
                files::replace(&candidate, text, 0o640, file.owner)?;
                let verdict = self.engine.accepts(&candidate).await;
                drop(std::fs::remove_file(&candidate));
                verdict?;
            }
            checked = true;
            files::replace(&path, text, 0o640, file.owner)?;
        }
        Ok(())
    }

    async fn take_over(&mut self, unchanged: bool) -> Result<(), Trouble> {
        self.looked = Some(Instant::now());
        let up = self.supervisor.is_up(self.engine.service).await;
        match (up, unchanged) {
            (true, true) => Ok(()),
            (true, false) => self.supervisor.act(self.engine.takes, self.engine.service).await,
            (false, _) => self.supervisor.act(Act::Start, self.engine.service).await,
        }
    }

    async fn keep_up(&mut self, now: bool) -> Result<Round, Trouble> {
        if !now && self.looked.is_some_and(|moment| moment.elapsed() < LOOK_EVERY) {
            return Ok(Round::Quiet);
        }
        self.looked = Some(Instant::now());
        if self.supervisor.is_up(self.engine.service).await {
            return Ok(Round::Quiet);
        }
        self.supervisor.act(Act::Start, self.engine.service).await?;
        Ok(Round::Repaired)
    }

    /// Waits longer after each failure, up to eight seconds, and never in step with other nodes.
    fn put_off(&mut self, trouble: &Trouble) {
        let sentence = trouble.to_string();
        if self.trouble.as_deref() != Some(sentence.as_str()) {
            tracing::warn!(service = self.engine.service, %trouble, "cannot be kept right yet");
        }
        let waiting = matches!(trouble, Trouble::Waiting(_));
        self.failures = if waiting { 0 } else { self.failures.saturating_add(1) };
        self.not_before = Some(Instant::now() + pause(self.failures));
        self.trouble = Some(sentence);
    }
}

/// One second doubled at each failure, at most 8 s, of which a random half.
pub fn pause(failures: u32) -> Duration {
    let longest = Duration::from_secs(1).saturating_mul(2_u32.saturating_pow(failures.min(3)));
    longest.mul_f64(rand::random_range(0.5..1.0))
}
