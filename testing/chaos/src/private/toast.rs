//! A Toast of this program's own on a private database.

use super::{ensure_done, free_port};
use crate::failure::Failure;
use std::{
    fs,
    net::Ipv4Addr,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};

/// A running server.
#[derive(Debug)]
pub struct Toast {
    child: Child,
    log: PathBuf,
    /// On the loopback address.
    pub port: u16,
}

impl Toast {
    /// Brings a database to where guests can order: schema, places of tables, demo restaurants.
    pub fn prepare(program: &Path, database: &str) -> Result<(), Failure> {
        for command in ["migrate", "distribute", "seed"] {
            let output = Command::new(program)
                .arg(command)
                .env("TOAST_DATABASE_URL", database)
                .stdin(Stdio::null())
                .output()
                .map_err(Failure::system(program.display()))?;
            ensure_done(&format!("toast {command}"), &output)?;
        }
        Ok(())
    }

    /// Starts a server and waits until it is ready.
    pub async fn serve(program: &Path, database: &str, folder: &Path) -> Result<Self, Failure> {
        let (port, metrics) = (free_port()?, free_port()?);
        let log = folder.join(format!("toast-{port}.log"));
        let out = fs::File::create(&log).map_err(Failure::system(log.display()))?;
        let error = out.try_clone().map_err(Failure::system(log.display()))?;
        let site = folder.join("site");
        fs::create_dir_all(&site).map_err(Failure::system(site.display()))?;
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
            .map_err(Failure::system(program.display()))?;
        let toast = Self { child, log, port };
        let url = format!("http://127.0.0.1:{port}/readyz");
        for _ in 0..600 {
            if reqwest::get(&url).await.is_ok_and(|answer| answer.status().is_success()) {
                return Ok(toast);
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        let said = fs::read_to_string(&toast.log).unwrap_or_default();
        Err(Failure::wrong("toast serve", format!("is not ready: {}", said.lines().last().unwrap_or_default())))
    }

    /// Where guests find it, behind a port.
    pub fn url_at(port: u16) -> String {
        format!("http://toast.test:{port}")
    }

    /// The address behind that name.
    pub const fn address() -> Ipv4Addr {
        Ipv4Addr::LOCALHOST
    }
}

impl Drop for Toast {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
