//! Secrets of sessions and links: 256 random bits for the cookie or the mail, their SHA-256 for the database.

use crate::error::ServerError;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest as _, Sha256};
use std::{
    fmt::Write as _,
    time::{Duration, Instant},
};

const BYTES: usize = 32;
/// The hash of a secret decides which node stores it. While that node is down another secret is generated, at most this
/// often: with one of two nodes down, all attempts miss with a probability of 2⁻²⁶. An attempt without a response may
/// leave a row whose secret was never sent.
const MAX_ATTEMPTS: u32 = 26;
/// Limit on all attempts together. A node whose circuit breaker is open fails at once.
const TIMEOUT: Duration = Duration::from_secs(2);

/// A new secret and its fingerprint.
pub fn mint() -> (String, String) {
    let bytes = rand::random::<[u8; BYTES]>();
    (URL_SAFE_NO_PAD.encode(bytes), fingerprint_of(&bytes))
}

/// A new secret and its fingerprint, after `store` stored the fingerprint.
pub async fn minted<Stored>(store: impl Fn(String) -> Stored) -> Result<(String, String), ServerError>
where
    Stored: Future<Output = Result<(), ServerError>>,
{
    let (begun, mut attempts) = (Instant::now(), 1..=MAX_ATTEMPTS);
    loop {
        let (secret, fingerprint) = mint();
        match store(fingerprint.clone()).await {
            Err(error) if error.is_unavailable() && begun.elapsed() < TIMEOUT && attempts.next().is_some() => {}
            stored => return stored.map(|()| (secret, fingerprint)),
        }
    }
}

/// The fingerprint of a received secret; none when it is malformed.
pub fn fingerprint(secret: &str) -> Option<String> {
    let bytes = URL_SAFE_NO_PAD.decode(secret).ok()?;
    (bytes.len() == BYTES).then(|| fingerprint_of(&bytes))
}

/// SHA-256 in hexadecimal digits.
pub fn fingerprint_of(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(2 * BYTES);
    for byte in Sha256::digest(bytes) {
        // Writing into a string cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_a_secret_by_its_fingerprint_only() {
        let (secret, fingerprint) = mint();
        assert_eq!(super::fingerprint(&secret), Some(fingerprint.clone()));
        assert_eq!(fingerprint.len(), 64);
        assert_ne!(mint().0, secret);
        for noise in ["", "short", "ä", &"A".repeat(44), &fingerprint] {
            assert_eq!(super::fingerprint(noise), None, "{noise}");
        }
    }
}
