//! A server process on a temporary database.

use std::{
    fs,
    net::Ipv4Addr,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};
use support::{Error, ports::free_port, process::require_success};

/// Killed when dropped.
#[derive(Debug)]
pub struct ToastServer {
    child: Child,
    log: PathBuf,
    /// On the loopback address.
    pub port: u16,
}

impl ToastServer {
    /// Creates the schema, distributes it with Citus, and adds the demo restaurants.
    pub fn prepare(program: &Path, database: &str) -> Result<(), Error> {
        for command in ["migrate", "distribute", "seed"] {
            let output = Command::new(program)
                .arg(command)
                .env("TOAST_DATABASE_URL", database)
                .stdin(Stdio::null())
                .output()
                .map_err(Error::io(program.display()))?;
            require_success(&format!("toast {command}"), &output)?;
        }
        Ok(())
    }

    /// Starts a server and waits until it is ready.
    pub async fn start(program: &Path, database: &str, folder: &Path) -> Result<Self, Error> {
        let (port, metrics) = (free_port()?, free_port()?);
        let log = folder.join(format!("toast-{port}.log"));
        let out = fs::File::create(&log).map_err(Error::io(log.display()))?;
        let error = out.try_clone().map_err(Error::io(log.display()))?;
        let site = folder.join("site");
        fs::create_dir_all(&site).map_err(Error::io(site.display()))?;
        let child = Command::new(program)
            .arg("serve")
            .env("TOAST_ADDR", format!("127.0.0.1:{port}"))
            .env("TOAST_METRICS_ADDR", format!("127.0.0.1:{metrics}"))
            .env("TOAST_DATABASE_URL", database)
            .env("TOAST_SITE_ROOT", &site)
            .env("TOAST_LOG", "info,sqlx=warn")
            .stdin(Stdio::null())
            .stdout(out)
            .stderr(error)
            .spawn()
            .map_err(Error::io(program.display()))?;
        let server = Self { child, log, port };
        let url = format!("http://127.0.0.1:{port}/readyz");
        for _ in 0..600 {
            if reqwest::get(&url).await.is_ok_and(|response| response.status().is_success()) {
                return Ok(server);
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        let log = fs::read_to_string(&server.log).unwrap_or_default();
        Err(Error::failed("toast serve", format!("is not ready: {}", log.lines().last().unwrap_or_default())))
    }

    /// With a name that only [`Self::address`] resolves.
    pub fn url_at(port: u16) -> String {
        format!("http://toast.test:{port}")
    }

    pub const fn address() -> Ipv4Addr {
        Ipv4Addr::LOCALHOST
    }
}

impl Drop for ToastServer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
