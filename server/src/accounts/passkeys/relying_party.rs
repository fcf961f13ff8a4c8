//! The site as WebAuthn names it: its origin, and the host name that its passkeys belong to (the RP ID).

use crate::accounts::passkeys::limit::Begun;
use std::{sync::Arc, time::Duration};
use url::Url;
use webauthn_rs::prelude::{Webauthn, WebauthnBuilder};

/// The lifetime of a challenge, in minutes; the value that Level 3 recommends for the browser's time limit.
pub(super) const CHALLENGE_MINUTES: i64 = 5;

/// A site with passkeys.
#[derive(Debug, Clone)]
pub struct RelyingParty {
    pub(super) webauthn: Arc<Webauthn>,
    pub(super) begun: Begun,
    origin: String,
}

impl RelyingParty {
    /// None for a URL at which browsers have no WebAuthn: an IP address, or a host other than `localhost` without TLS.
    pub fn of(public_url: &str) -> Option<Self> {
        let url = Url::parse(public_url).ok()?;
        let host = url.domain()?;
        let is_local = host == "localhost" || host.ends_with(".localhost");
        if url.scheme() != "https" && !is_local {
            return None;
        }
        let timeout = Duration::from_mins(u64::try_from(CHALLENGE_MINUTES).ok()?);
        let webauthn = WebauthnBuilder::new(host, &url).ok()?.rp_name("Toast").timeout(timeout).build().ok()?;
        let origin = url.origin().ascii_serialization();
        Some(Self { webauthn: Arc::new(webauthn), begun: Begun::default(), origin })
    }

    /// Scheme, host and port as browsers write them.
    pub fn origin(&self) -> &str {
        &self.origin
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn needs_a_name_and_a_secure_context() {
        let origin = |url: &str| RelyingParty::of(url).map(|site| site.origin().to_owned());
        for (url, expected) in [
            ("https://toast.example", "https://toast.example"),
            ("https://Toast.Example:443", "https://toast.example"),
            ("https://toast.example:8443", "https://toast.example:8443"),
            ("http://localhost:3000", "http://localhost:3000"),
            ("http://toast.localhost:3000", "http://toast.localhost:3000"),
        ] {
            assert_eq!(origin(url).as_deref(), Some(expected), "{url}");
        }
        for none in
            ["http://toast.example", "http://127.0.0.1:3000", "https://192.0.2.1", "https://[2001:db8::1]", "toast", ""]
        {
            assert_eq!(origin(none), None, "{none}");
        }
    }
}
