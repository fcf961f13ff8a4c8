//! The firewall: what is not in the port table is dropped, and mesh addresses never leave outside the mesh.

use crate::{bundle::Bundle, engines::RENDERED, error::Trouble, files, keeper::Round, mesh::Mesh, program};
use std::{
    path::Path,
    time::{Duration, Instant},
};

/// How often the kernel is asked for its rules although nothing changed: without the guard, what the mesh hides would
/// leave in clear.
const LOOK_EVERY: Duration = Duration::from_mins(1);
/// Longer than `nft` takes on a busy machine.
const QUICK: Duration = Duration::from_secs(10);
const TABLES: [&str; 2] = ["toast", "toastguard"];

/// The rules of this node and what is known of them.
#[derive(Default)]
pub struct Firewall {
    loaded: Option<Loaded>,
    repairs: u64,
}

/// Rules as the kernel told them right after they were loaded.
struct Loaded {
    rules: String,
    looked: Instant,
}

impl Firewall {
    /// How often the rules were put right.
    pub const fn repairs(&self) -> u64 {
        self.repairs
    }

    /// One round: loads the rules when they are not what they should be. They are loaded at once, so that there is no
    /// moment without.
    pub async fn round(&mut self, bundle: &Bundle, closely: bool) -> Result<Round, Trouble> {
        let text = render(bundle)?;
        let is_on_disk = files::holds(&Path::new(RENDERED).join("node.nft"), &text);
        if is_on_disk && !self.has_drifted(closely).await {
            return Ok(Round::Quiet);
        }
        load(&text).await?;
        let is_first = self.loaded.is_none();
        self.loaded = Some(Loaded { rules: in_kernel().await?, looked: Instant::now() });
        if is_first {
            return Ok(Round::Changed);
        }
        self.repairs = self.repairs.saturating_add(1);
        Ok(Round::Repaired)
    }

    /// What this process has not loaded itself it loads once, to know what the kernel makes of it.
    async fn has_drifted(&mut self, closely: bool) -> bool {
        let Some(loaded) = &mut self.loaded else { return true };
        if !closely && loaded.looked.elapsed() < LOOK_EVERY {
            return false;
        }
        loaded.looked = Instant::now();
        !in_kernel().await.is_ok_and(|rules| rules == loaded.rules)
    }
}

/// Loads the rules whatever is there; runs before the mesh does.
pub async fn establish(bundle: &Bundle) -> Result<(), Trouble> {
    load(&render(bundle)?).await
}

fn render(bundle: &Bundle) -> Result<String, Trouble> {
    let nothing = Mesh::default();
    bundle.templates.render("nftables/node.nft.j2", &bundle.scene(&nothing, &[]))
}

async fn load(text: &str) -> Result<(), Trouble> {
    let path = Path::new(RENDERED).join("node.nft");
    let candidate = path.with_extension("candidate");
    files::replace(&candidate, text, 0o640, None)?;
    program::run("nft", &["--check", "--file", &candidate.display().to_string()], QUICK).await?;
    drop(std::fs::remove_file(&candidate));
    files::replace(&path, text, 0o640, None)?;
    program::run("nft", &["--file", &path.display().to_string()], QUICK).await.map(drop)
}

/// The rules without what they have counted.
async fn in_kernel() -> Result<String, Trouble> {
    let mut rules = String::new();
    for table in TABLES {
        rules.push_str(&program::run("nft", &["--stateless", "list", "table", "inet", table], QUICK).await?);
    }
    Ok(rules)
}
