//! Session secrets: 256 random bits for the cookie, their SHA-256 for the database.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest as _, Sha256};
use std::fmt::Write as _;

const BYTES: usize = 32;

/// A new secret and its fingerprint.
pub fn mint() -> (String, String) {
    let bytes = rand::random::<[u8; BYTES]>();
    (URL_SAFE_NO_PAD.encode(bytes), fingerprint_of(&bytes))
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
