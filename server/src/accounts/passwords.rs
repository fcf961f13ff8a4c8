//! Password hashing with argon2id: as slow for unknown addresses, and on half of the cores at most.

use crate::error::ServerError;
use app::domain::error::AppError;
use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{PasswordHash, PasswordHasher as _, PasswordVerifier as _, SaltString},
};
use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};
use tokio::sync::Semaphore;

/// 19 MiB, two passes, one lane: the minimum of OWASP ASVS 5.0 for argon2id.
const MEMORY_KIB: u32 = 19_456;
const PASSES: u32 = 2;
const LANES: u32 = 1;
/// Bytes. A longer password is rejected without hashing.
pub(super) const LONGEST: usize = 1_024;
/// Longest wait for a free hashing permit.
const QUEUE_TIMEOUT: Duration = Duration::from_secs(5);

/// Checks passwords with bounded concurrency.
#[derive(Debug, Clone)]
pub struct Passwords {
    turns: Arc<Semaphore>,
    queue_timeout: Duration,
}

impl Passwords {
    /// Uses at most half of the cores.
    pub fn new() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Self { turns: Arc::new(Semaphore::new((cores / 2).max(1))), queue_timeout: QUEUE_TIMEOUT }
    }

    /// Compares a password. Without a hash, or with one of [`none`], the result is false, after the same computation.
    pub async fn verify(&self, password: &str, hash: Option<String>) -> Result<bool, ServerError> {
        let password = password.to_owned();
        self.run(move || verify(&password, hash)).await
    }

    /// Hashes a new password.
    pub async fn hash(&self, password: &str) -> Result<String, ServerError> {
        let password = password.to_owned();
        self.run(move || hash(&password)).await
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, ServerError> + Send + 'static,
    ) -> Result<T, ServerError> {
        let busy = || ServerError::from(AppError::Unavailable { retry_after: 2 });
        let turn = tokio::time::timeout(self.queue_timeout, self.turns.clone().acquire_owned()).await;
        let turn = turn.map_err(|_| busy())?.map_err(|_| busy())?;
        let done = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            work()
        });
        done.await.map_err(|error| ServerError::Broken(format!("hashing aborted: {error}")))?
    }
}

fn verify(password: &str, hash: Option<String>) -> Result<bool, ServerError> {
    let hash = hash.filter(|hash| is_set(hash));
    let known = hash.is_some();
    let hash = match hash {
        Some(hash) => hash,
        None => dummy_hash()?.to_owned(),
    };
    let unreadable =
        |error: argon2::password_hash::Error| ServerError::Unreadable { what: "password hash", why: error.to_string() };
    let hash = PasswordHash::new(&hash).map_err(unreadable)?;
    let fits = password.len() <= LONGEST;
    let password = if fits { password } else { "" };
    let right = argon2()?.verify_password(password.as_bytes(), &hash).is_ok();
    Ok(right && known && fits)
}

pub fn hash(password: &str) -> Result<String, ServerError> {
    let salt = SaltString::encode_b64(&rand::random::<[u8; 16]>()).map_err(broken)?;
    Ok(argon2()?.hash_password(password.as_bytes(), &salt).map_err(broken)?.to_string())
}

/// Stored for an account without a password: parameters and a new salt, but no output (PHC string format), so that every
/// version refuses all passwords, and that it differs from the one of any other time.
pub(super) fn none() -> Result<String, ServerError> {
    let salt = SaltString::encode_b64(&rand::random::<[u8; 16]>()).map_err(broken)?;
    Ok(format!("$argon2id$v=19$m={MEMORY_KIB},t={PASSES},p={LANES}${salt}"))
}

/// Whether a stored hash is that of a password. One that cannot be read is: signing in reports it.
pub(super) fn is_set(hash: &str) -> bool {
    PasswordHash::new(hash).map_or(true, |hash| hash.hash.is_some())
}

/// Compared with when there is no account, so that the time does not reveal that.
fn dummy_hash() -> Result<&'static str, ServerError> {
    static HASH: OnceLock<String> = OnceLock::new();
    if let Some(hash) = HASH.get() {
        return Ok(hash);
    }
    let made = hash("password of no account")?;
    Ok(HASH.get_or_init(|| made))
}

fn argon2() -> Result<Argon2<'static>, ServerError> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None);
    let params = params.map_err(|error| ServerError::Broken(format!("argon2: {error}")))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

fn broken(error: argon2::password_hash::Error) -> ServerError {
    ServerError::Broken(format!("argon2: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_queue_that_takes_too_long_is_told_and_ends() {
        let one = Passwords { turns: Arc::new(Semaphore::new(1)), queue_timeout: Duration::from_millis(20) };
        let busy = one.turns.clone().acquire_owned().await.unwrap();
        for outcome in [one.hash("correct horse").await.map(drop), one.verify("correct horse", None).await.map(drop)] {
            let error = AppError::from(outcome.unwrap_err());
            assert_eq!((error.status(), error.retry_after()), (503, Some(2)));
        }
        drop(busy);
        assert!(!one.verify("correct horse", None).await.unwrap());
        assert_eq!(one.turns.available_permits(), 1);
    }

    #[test]
    fn knows_its_own_hashes() {
        let kept = hash("correct horse").unwrap();
        assert!(kept.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{kept}");
        assert!(verify("correct horse", Some(kept.clone())).unwrap());
        assert!(!verify("battery staple", Some(kept.clone())).unwrap());
        assert!(!verify(&"x".repeat(5_000), Some(kept)).unwrap());
        assert!(!verify("password of no account", None).unwrap());
        assert!(verify("anything", Some("not a hash".to_owned())).is_err());
    }

    #[test]
    fn no_password_fits_an_account_without_one() {
        let (none, other) = (none().unwrap(), super::none().unwrap());
        assert!(!is_set(&none) && is_set(&hash("correct horse").unwrap()) && is_set("not a hash"));
        assert_ne!(none, other);
        for password in ["", "correct horse", "password of no account"] {
            assert!(!verify(password, Some(none.clone())).unwrap(), "{password}");
        }
        // As the version before checks it.
        assert!(argon2().unwrap().verify_password(b"", &PasswordHash::new(&none).unwrap()).is_err());
    }
}
