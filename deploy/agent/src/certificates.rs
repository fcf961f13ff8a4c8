//! The certificate of an ingress or edge: self-signed until the certificate authority has issued one, then renewed in time.

use crate::{
    backoff::Backoff,
    bundle::Bundle,
    error::AgentError,
    exec, files,
    inventory::Role,
    services::{ConfigFile, RENDERED},
    supervisor::{self, Action},
};
use std::{
    fs,
    os::unix::fs::symlink,
    path::Path,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};
use x509_parser::pem::parse_x509_pem;

/// Directory of certificates; the link `current` names the one in use, so that key and chain change in one step.
const DIRECTORY: &str = "/var/lib/toast/tls";
const CHAIN: &str = "/var/lib/toast/tls/current/chain.pem";
const ACME: &str = "/var/lib/toast/acme";
const CHECK_INTERVAL: Duration = Duration::from_secs(30);

/// Settings of dehydrated, the ACME client, with their modes.
const SETTINGS: &[(ConfigFile, u32)] = &[
    (ConfigFile { template: "acme/config.j2", name: "acme/config", owner: None }, 0o640),
    (ConfigFile { template: "acme/domains.txt.j2", name: "acme/domains.txt", owner: None }, 0o640),
    (ConfigFile { template: "acme/hook.sh.j2", name: "acme/hook.sh", owner: None }, 0o750),
];

pub struct CertificateRenewer {
    name: String,
    last_check: Option<Instant>,
    backoff: Backoff,
}

impl CertificateRenewer {
    /// The renewer of an ingress or edge; none for other nodes.
    pub fn for_node(bundle: &Bundle) -> Option<Self> {
        let domain = &bundle.inventory.domain;
        let name = match (bundle.node.is(Role::Ingress), bundle.node.is(Role::Edge)) {
            (true, _) => domain.clone(),
            (false, true) => format!("cdn.{domain}"),
            (false, false) => return None,
        };
        Some(Self { name, last_check: None, backoff: Backoff::default() })
    }

    /// Whether it is time to check: every 30 s, or when the delay after a failure has passed.
    pub fn is_due(&self) -> bool {
        !self.backoff.is_waiting() && self.last_check.is_none_or(|check| check.elapsed() >= CHECK_INTERVAL)
    }

    /// Requests a new certificate if the current one is self-signed or has less than a third of its lifetime left.
    pub async fn reconcile(&mut self, bundle: &Bundle) -> Result<(), AgentError> {
        ensure_certificate(&self.name).await?;
        // The authority connects back to verify the domain, so nginx has to serve first.
        if !supervisor::is_running("toast-nginx").await {
            return Ok(());
        }
        if needs_renewal()? {
            self.last_check = None;
            request_certificate(bundle).await.inspect_err(|_| self.backoff.record_failure())?;
            tracing::info!(name = self.name, "certificate renewed");
            supervisor::act(Action::Reload, "toast-nginx").await?;
        }
        self.backoff.reset();
        self.last_check = Some(Instant::now());
        Ok(())
    }
}

/// Creates a self-signed certificate if there is none, because nginx does not start without one.
async fn ensure_certificate(name: &str) -> Result<(), AgentError> {
    files::create_directory(Path::new(ACME), 0o755)?;
    files::create_directory(&Path::new(ACME).join("challenges"), 0o755)?;
    if Path::new(CHAIN).exists() {
        return Ok(());
    }
    let own = Path::new(DIRECTORY).join("own");
    files::create_directory(Path::new(DIRECTORY), 0o755)?;
    files::create_directory(&own, 0o700)?;
    let (chain, key) = (own.join("chain.pem"), own.join("key.pem"));
    let (chain, key) = (chain.display().to_string(), key.display().to_string());
    let subject = format!("/CN={name}");
    let names = format!("subjectAltName=DNS:{name}");
    #[rustfmt::skip]
    let arguments = [
        "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
        "-subj", &subject, "-addext", &names, "-keyout", &key, "-out", &chain,
    ];
    exec::run("openssl", &arguments, Duration::from_secs(20)).await?;
    let current = Path::new(DIRECTORY).join("current");
    drop(fs::remove_file(&current));
    symlink("own", &current).map_err(AgentError::file(&current))
}

async fn request_certificate(bundle: &Bundle) -> Result<(), AgentError> {
    for (file, mode) in SETTINGS {
        let path = file.path(&bundle.inventory.domain);
        let text = bundle.render_static(file.template)?;
        if !files::has_content(&path, &text) {
            files::replace(&path, &text, *mode, file.owner)?;
        }
    }
    let roots = bundle.inventory.acme.as_ref().and_then(|acme| acme.roots.clone());
    let variables: Vec<_> = roots.map(|roots| ("CURL_CA_BUNDLE", roots)).into_iter().collect();
    let settings = format!("{RENDERED}/acme/config");
    let arguments = ["--config", &settings, "--cron", "--force", "--accept-terms"];
    exec::run_with_env("dehydrated", &arguments, &variables, Duration::from_mins(2)).await.map(drop)
}

fn needs_renewal() -> Result<bool, AgentError> {
    let pem = fs::read(CHAIN).map_err(AgentError::file(Path::new(CHAIN)))?;
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    is_due_for_renewal(&pem, i64::try_from(now.as_secs()).unwrap_or(i64::MAX))
}

/// Whether the first certificate of a chain is self-signed, or has less than a third of its lifetime left at `now`, in
/// seconds since 1970.
fn is_due_for_renewal(pem: &[u8], now: i64) -> Result<bool, AgentError> {
    let (_, pem) = parse_x509_pem(pem).map_err(|error| AgentError::invalid(CHAIN, error))?;
    let certificate = pem.parse_x509().map_err(|error| AgentError::invalid(CHAIN, error))?;
    let (from, to) = (certificate.validity().not_before.timestamp(), certificate.validity().not_after.timestamp());
    Ok(certificate.subject() == certificate.issuer() || now > to - (to - from) / 3)
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: i64 = 86_400;
    /// When `ISSUED` becomes valid, for 90 days.
    const NOT_BEFORE: i64 = 1_796_077_838;
    const ISSUED: &str = "-----BEGIN CERTIFICATE-----
MIIBCDCBsAIBATAKBggqhkjOPQQDAjANMQswCQYDVQQDDAJDQTAeFw0yNjExMzAy
MjMwMzhaFw0yNzAyMjgyMjMwMzhaMBUxEzARBgNVBAMMCnRvYXN0LnRlc3QwWTAT
BgcqhkjOPQIBBggqhkjOPQMBBwNCAARf/x7VFe7mwwud/mFv4Rn3YwXHu2lkhoob
x/cydQPQv7n8Ycn+9rqVEdHLAFPym8VSL6YHjs/Uot23p6pOfN7oMAoGCCqGSM49
BAMCA0cAMEQCIDoydYGxk02/z604VG2rIznpgflaw4cr2m+B9io9NNP5AiBMEDrR
U8o6oK3EW0QeEiXU+6bPDlXEkf/aONI9Xjufiw==
-----END CERTIFICATE-----";
    const SELF_SIGNED: &str = "-----BEGIN CERTIFICATE-----
MIIBETCBuAIBATAKBggqhkjOPQQDAjAVMRMwEQYDVQQDDAp0b2FzdC50ZXN0MB4X
DTI2MTEzMDIyMzIxNloXDTI3MDIyODIyMzIxNlowFTETMBEGA1UEAwwKdG9hc3Qu
dGVzdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABF//HtUV7ubDC53+YW/hGfdj
Bce7aWSGihvH9zJ1A9C/ufxhyf72upUR0csAU/KbxVIvpgeOz9Si3benqk583ugw
CgYIKoZIzj0EAwIDSAAwRQIge9QEjh+RCpvnNgbzvnpPFwX65v+Yk0UH0zg8TwII
t+ECIQDtFKvmHGdVIVsyt7lLVTG+Ore9XhF8mV/t5fo2P6RhpA==
-----END CERTIFICATE-----";

    #[test]
    fn a_certificate_is_renewed_in_the_last_third_of_its_lifetime() {
        let is_due = |days: i64| is_due_for_renewal(ISSUED.as_bytes(), NOT_BEFORE + days * DAY).unwrap();
        assert!(!is_due(0) && !is_due(60));
        assert!(is_due(61) && is_due(100));
    }

    #[test]
    fn a_self_signed_certificate_is_replaced_at_once() {
        assert!(is_due_for_renewal(SELF_SIGNED.as_bytes(), NOT_BEFORE).unwrap());
    }

    #[test]
    fn a_file_without_a_certificate_is_an_error_that_names_it() {
        let error = is_due_for_renewal(b"nothing", NOT_BEFORE).unwrap_err().to_string();
        assert!(error.contains(CHAIN), "{error}");
    }
}
