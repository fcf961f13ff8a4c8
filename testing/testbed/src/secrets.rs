//! Passwords inside the installation, generated for each testbed.

use crate::{error::TestbedError, files, paths};
use serde::{Deserialize, Serialize};

/// The passwords that nodes read from `/etc/toast/secrets.toml`.
#[derive(Clone, Serialize, Deserialize)]
pub struct Secrets {
    postgres: String,
    replicator: String,
    rewind: String,
    toast: String,
    restapi: String,
}

impl Secrets {
    pub fn generate() -> Self {
        let [postgres, replicator, rewind, toast, restapi] = std::array::from_fn(|_| password());
        Self { postgres, replicator, rewind, toast, restapi }
    }

    /// Reads the passwords of the running testbed.
    pub fn read() -> Result<Self, TestbedError> {
        let text = files::read(&paths::ca().join("secrets.toml"))?;
        toml::from_str(&text).map_err(|error| TestbedError::Unsupported(error.to_string()))
    }

    /// Stores the passwords for nodes that are added later.
    pub fn store(&self) -> Result<(), TestbedError> {
        files::write(&paths::ca().join("secrets.toml"), &self.as_toml()?, 0o600)
    }

    /// The content of a node's `secrets.toml`.
    pub fn as_toml(&self) -> Result<String, TestbedError> {
        toml::to_string(self).map_err(|error| TestbedError::Unsupported(error.to_string()))
    }
}

/// 192 random bits in hexadecimal.
fn password() -> String {
    format!("{:032x}{:016x}", rand::random::<u128>(), rand::random::<u64>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_long_and_different() {
        let secrets = Secrets::generate();
        assert_eq!(secrets.toast.len(), 48);
        assert_ne!(secrets.toast, secrets.postgres);
        assert!(secrets.as_toml().unwrap().contains("restapi = "));
    }
}
