//! The firewall: ports that are not in the port table are closed, and packets to mesh addresses leave through the mesh only.

use crate::{bundle::Bundle, error::AgentError, exec, files, service_reconciler::Outcome, services::RENDERED};
use std::{
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

/// How often the kernel's rules are compared although nothing changed: without the table `toastguard`, packets to peers that
/// the mesh policy hides would leave unencrypted.
const CHECK_INTERVAL: Duration = Duration::from_mins(1);
/// Longer than `nft` takes on a busy machine.
const NFT_LIMIT: Duration = Duration::from_secs(10);
const TABLES: [&str; 2] = ["toast", "toastguard"];

#[derive(Default)]
pub struct Firewall {
    loaded: Option<Loaded>,
    drift_corrections: u64,
}

/// Rules as the kernel lists them right after loading, which differs from the file's notation.
struct Loaded {
    rules: String,
    last_check: Instant,
}

impl Firewall {
    /// Number of corrected drifts since the agent started.
    pub const fn drift_corrections(&self) -> u64 {
        self.drift_corrections
    }

    /// Loads the rules if the file or the kernel's rules differ; a full pass always lists the kernel's rules. Loading is one
    /// transaction, so there is no moment without rules.
    pub async fn reconcile(&mut self, bundle: &Bundle, full: bool) -> Result<Outcome, AgentError> {
        let text = render(bundle)?;
        if files::has_content(&rules_file(), &text) && !self.has_drifted(full).await {
            return Ok(Outcome::Unchanged);
        }
        load(&text).await?;
        let is_first = self.loaded.is_none();
        self.loaded = Some(Loaded { rules: kernel_rules().await?, last_check: Instant::now() });
        if is_first {
            return Ok(Outcome::Applied);
        }
        self.drift_corrections += 1;
        tracing::warn!("firewall drift corrected");
        Ok(Outcome::DriftCorrected)
    }

    /// True before the first load by this process, since the kernel's notation is not known until then.
    async fn has_drifted(&mut self, full: bool) -> bool {
        let Some(loaded) = &mut self.loaded else { return true };
        if !full && loaded.last_check.elapsed() < CHECK_INTERVAL {
            return false;
        }
        loaded.last_check = Instant::now();
        !kernel_rules().await.is_ok_and(|rules| rules == loaded.rules)
    }
}

/// Loads the rules unconditionally; runs before tailscaled starts.
pub async fn establish(bundle: &Bundle) -> Result<(), AgentError> {
    load(&render(bundle)?).await
}

fn render(bundle: &Bundle) -> Result<String, AgentError> {
    bundle.render_static("nftables/node.nft.j2")
}

fn rules_file() -> PathBuf {
    Path::new(RENDERED).join("node.nft")
}

async fn load(text: &str) -> Result<(), AgentError> {
    let path = rules_file();
    let candidate = path.with_extension("candidate");
    files::replace(&candidate, text, 0o640, None)?;
    exec::run("nft", &["--check", "--file", &candidate.display().to_string()], NFT_LIMIT).await?;
    drop(std::fs::remove_file(&candidate));
    files::replace(&path, text, 0o640, None)?;
    exec::run("nft", &["--file", &path.display().to_string()], NFT_LIMIT).await.map(drop)
}

/// The rules in the kernel without their counters.
async fn kernel_rules() -> Result<String, AgentError> {
    let mut rules = String::new();
    for table in TABLES {
        rules.push_str(&exec::run("nft", &["--stateless", "list", "table", "inet", table], NFT_LIMIT).await?);
    }
    Ok(rules)
}
