//! The certificate that guests see: one of our own until an authority has signed a better one, renewed in good time.

use crate::{
    bundle::Bundle,
    engines::{EngineFile, RENDERED},
    error::Trouble,
    files,
    mesh::Mesh,
    program,
};
use std::{os::unix::fs::symlink, path::Path, time::Duration};

/// Where certificates stand; `current` leads to the one in use, so that key and chain change in one step.
const FOLDER: &str = "/var/lib/toast/tls";
const CHAIN: &str = "/var/lib/toast/tls/current/chain.pem";
const ACME: &str = "/var/lib/toast/acme";

const SETTINGS: &[(EngineFile, u32)] = &[
    (EngineFile { template: "acme/config.j2", name: "acme/config", owner: None }, 0o640),
    (EngineFile { template: "acme/domains.txt.j2", name: "acme/domains.txt", owner: None }, 0o640),
    (EngineFile { template: "acme/hook.sh.j2", name: "acme/hook.sh", owner: None }, 0o750),
];

/// What became of the certificate in one look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Renewal {
    /// It is good for long enough.
    Good,
    /// There is a new one.
    New,
}

/// Makes sure that there is any certificate at all, so that the ingress can start before the authority can reach it.
pub async fn have_one(name: &str) -> Result<(), Trouble> {
    files::folder(Path::new(ACME), 0o755, None)?;
    files::folder(&Path::new(ACME).join("challenges"), 0o755, None)?;
    if Path::new(CHAIN).exists() {
        return Ok(());
    }
    let own = Path::new(FOLDER).join("own");
    files::folder(Path::new(FOLDER), 0o755, None)?;
    files::folder(&own, 0o700, None)?;
    let (chain, key) = (own.join("chain.pem"), own.join("key.pem"));
    let (chain, key) = (chain.display().to_string(), key.display().to_string());
    let subject = format!("/CN={name}");
    let names = format!("subjectAltName=DNS:{name}");
    #[rustfmt::skip]
    let arguments = [
        "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
        "-subj", &subject, "-addext", &names, "-keyout", &key, "-out", &chain,
    ];
    program::run("openssl", &arguments, Duration::from_secs(20)).await?;
    let current = Path::new(FOLDER).join("current");
    drop(std::fs::remove_file(&current));
    symlink("own", &current).map_err(Trouble::file(&current))
}

/// Asks the authority for a new certificate when the one in use is our own, or has less than a third of its life left.
pub async fn renew(bundle: &Bundle) -> Result<Renewal, Trouble> {
    if !is_due().await? {
        return Ok(Renewal::Good);
    }
    write_settings(bundle)?;
    let roots = bundle.inventory.acme.as_ref().and_then(|acme| acme.roots.clone());
    let roots: Vec<(&str, String)> = roots.map(|roots| ("CURL_CA_BUNDLE", roots)).into_iter().collect();
    let settings = format!("{RENDERED}/acme/config");
    let arguments = ["--config", &settings, "--cron", "--force", "--accept-terms"];
    program::run_with("dehydrated", &arguments, &roots, Duration::from_mins(2)).await?;
    Ok(Renewal::New)
}

async fn is_due() -> Result<bool, Trouble> {
    #[rustfmt::skip]
    let arguments = ["x509", "-in", CHAIN, "-noout", "-startdate", "-enddate", "-subject", "-issuer", "-nameopt", "RFC2253"];
    let said = program::run("openssl", &arguments, Duration::from_secs(10)).await?;
    let field =
        |name: &str| said.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default().trim().to_owned();
    if field("subject=") == field("issuer=") {
        return Ok(true);
    }
    let life = lifetime_seconds(&field("notBefore="), &field("notAfter=")).await?;
    let soon = (life / 3).to_string();
    let arguments = ["x509", "-in", CHAIN, "-noout", "-checkend", &soon];
    Ok(program::run("openssl", &arguments, Duration::from_secs(10)).await.is_err())
}

/// Seconds between two moments as `openssl` writes them; `date` knows that form.
async fn lifetime_seconds(from: &str, to: &str) -> Result<i64, Trouble> {
    let mut moments = Vec::new();
    for moment in [from, to] {
        let said = program::run("date", &["-u", "-d", moment, "+%s"], Duration::from_secs(5)).await?;
        moments.push(said.trim().parse::<i64>().unwrap_or_default());
    }
    match moments.as_slice() {
        [from, to] if to > from => Ok(to - from),
        _ => Err(Trouble::Content { path: CHAIN.to_owned(), why: "has no lifetime".to_owned() }),
    }
}

/// Writes the ACME client's settings.
fn write_settings(bundle: &Bundle) -> Result<(), Trouble> {
    let nothing = Mesh::default();
    let scene = bundle.scene(&nothing, &[]);
    for (file, mode) in SETTINGS {
        let path = file.place(&bundle.inventory.domain);
        let text = bundle.templates.render(file.template, &scene)?;
        if !files::holds(&path, &text) {
            files::replace(&path, &text, *mode, file.owner)?;
        }
    }
    Ok(())
}
