//! Reconciles one service: render, validate, replace files, reload; start it if it is down.

use crate::{
    backoff::Backoff,
    error::AgentError,
    files,
    services::ManagedService,
    supervisor::{self, Action},
    templates::{TemplateContext, Templates},
};
use std::time::{Duration, Instant};

/// How often the supervisor is asked whether a service runs.
const CHECK_INTERVAL: Duration = Duration::from_secs(10);

pub struct ServiceReconciler {
    service: ManagedService,
    applied: Vec<String>,
    error: Option<String>,
    backoff: Backoff,
    last_check: Option<Instant>,
    drift_corrections: u64,
}

/// Extent of one pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reconcile {
    /// The observed mesh and backends are the same: only check that the service runs.
    Unchanged,
    /// They changed: render, and apply the difference.
    Changed,
    /// Also compare the rendered files with the disk.
    Full,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    Unchanged,
    Applied,
    /// A file that was changed by others, or a stopped service, was restored.
    DriftCorrected,
}

impl ServiceReconciler {
    pub fn new(service: ManagedService) -> Self {
        Self {
            service,
            applied: Vec::new(),
            error: None,
            backoff: Backoff::default(),
            last_check: None,
            drift_corrections: 0,
        }
    }

    pub const fn name(&self) -> &'static str {
        self.service.name
    }

    pub fn error(&self) -> Option<&str> {
        self.error.as_deref()
    }

    /// Number of corrected drifts since the agent started.
    pub const fn drift_corrections(&self) -> u64 {
        self.drift_corrections
    }

    /// Runs one pass, unless the delay after a failure has not passed yet.
    pub async fn reconcile(
        &mut self,
        templates: &Templates,
        context: &TemplateContext<'_>,
        extent: Reconcile,
    ) -> Outcome {
        if self.backoff.is_waiting() {
            return Outcome::Unchanged;
        }
        let is_settled = extent == Reconcile::Unchanged && self.error.is_none() && !self.applied.is_empty();
        let result = if is_settled {
            self.ensure_running(false).await
        } else {
            self.apply(templates, context, extent == Reconcile::Full).await
        };
        match result {
            Ok(outcome) => {
                self.error = None;
                self.backoff.reset();
                self.drift_corrections += u64::from(outcome == Outcome::DriftCorrected);
                outcome
            }
            Err(error) => {
                self.record_failure(&error);
                Outcome::Unchanged
            }
        }
    }

    async fn apply(
        &mut self,
        templates: &Templates,
        context: &TemplateContext<'_>,
        full: bool,
    ) -> Result<Outcome, AgentError> {
        let expected = |role| context.inventory.with_role(role).count();
        if let Some(missing) = self.service.missing(context.mesh, &context.node.roles, expected) {
            return Err(AgentError::Waiting(missing));
        }
        let domain = &context.inventory.domain;
        let rendered: Vec<String> =
            self.service.files.iter().map(|file| templates.render(file.template, context)).collect::<Result<_, _>>()?;
        let is_applied = rendered == self.applied;
        if is_applied && !full {
            return self.ensure_running(false).await;
        }
        let is_on_disk = self.is_on_disk(&rendered, domain);
        if is_applied && is_on_disk {
            return self.ensure_running(true).await;
        }
        // Files changed by others while the configuration changed as well still count as drift.
        let has_drifted = full && !is_on_disk && !self.applied.is_empty();
        if !is_on_disk {
            self.replace_files(&rendered, domain).await?;
        }
        self.start_or_notify(!is_on_disk).await?;
        self.applied = rendered;
        Ok(if has_drifted { Outcome::DriftCorrected } else { Outcome::Applied })
    }

    fn is_on_disk(&self, rendered: &[String], domain: &str) -> bool {
        // The owner matters as well: a release may run a service as another user, which could not read the file.
        self.service.files.iter().zip(rendered).all(|(file, text)| {
            let path = file.path(domain);
            files::has_content(&path, text) && files::has_owner(&path, file.owner)
        })
    }

    /// Validates the first file, then replaces all.
    async fn replace_files(&self, rendered: &[String], domain: &str) -> Result<(), AgentError> {
        let files = || self.service.files.iter().zip(rendered);
        if let Some((file, text)) = files().next().filter(|_| !self.service.validate.is_empty()) {
            let candidate = file.path(domain).with_extension("candidate");
            files::replace(&candidate, text, 0o640, file.owner)?;
            let validated = self.service.validate(&candidate).await;
            drop(std::fs::remove_file(&candidate));
            validated?;
        }
        files().try_for_each(|(file, text)| files::replace(&file.path(domain), text, 0o640, file.owner))
    }

    async fn start_or_notify(&mut self, has_new_files: bool) -> Result<(), AgentError> {
        self.last_check = Some(Instant::now());
        let is_running = supervisor::is_running(self.service.name).await;
        match (is_running, has_new_files) {
            (true, false) => Ok(()),
            (true, true) => supervisor::act(self.service.on_change, self.service.name).await,
            (false, _) => supervisor::act(Action::Start, self.service.name).await,
        }
    }

    async fn ensure_running(&mut self, now: bool) -> Result<Outcome, AgentError> {
        if !now && self.last_check.is_some_and(|check| check.elapsed() < CHECK_INTERVAL) {
            return Ok(Outcome::Unchanged);
        }
        self.last_check = Some(Instant::now());
        if supervisor::is_running(self.service.name).await {
            return Ok(Outcome::Unchanged);
        }
        supervisor::act(Action::Start, self.service.name).await?;
        Ok(Outcome::DriftCorrected)
    }

    /// Logs an error when it changes. An unmet requirement is checked again at the next tick, other errors after a delay.
    fn record_failure(&mut self, error: &AgentError) {
        let sentence = error.to_string();
        if self.error.as_deref() != Some(sentence.as_str()) {
            tracing::warn!(service = self.service.name, %error, "reconcile failed, retrying");
        }
        if matches!(error, AgentError::Waiting(_)) {
            self.backoff.reset();
        } else {
            self.backoff.record_failure();
        }
        self.error = Some(sentence);
    }
}
