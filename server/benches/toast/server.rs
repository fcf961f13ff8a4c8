//! Servers as child processes: start, readiness, memory, and termination.

use crate::{
    baseline_axum::{Answer, Wanted},
    failure::Failure,
    settings::{Bench, scratch},
};
use std::{
    fs::{self, File},
    net::{Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
    process::Stdio,
    time::{Duration, Instant},
};
use support::{ports::free_port, process::last_lines};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    process::{Child, Command},
    time::{sleep, timeout},
};

/// Longest wait for a server to become ready.
const START_TIMEOUT: Duration = Duration::from_mins(1);

/// A running server.
pub struct Server {
    child: Child,
    log: PathBuf,
    pub addr: SocketAddr,
    /// Time from the start of the process to the first successful readiness check.
    pub started_in: Duration,
}

/// Settings of a Toast server.
pub struct Setup<'a> {
    /// Name of its log file.
    pub name: &'a str,
    pub database: &'a str,
    /// Folder with the built site.
    pub site: &'a Path,
    /// Megabytes of rendered pages to cache; none for the default.
    pub page_cache: Option<u32>,
    /// Whether it is pinned to the servers' CPUs.
    pub pinned: bool,
    /// Other settings: variables of its environment.
    pub variables: &'a [(&'a str, String)],
}

impl Bench {
    /// Starts Toast as it is shipped.
    pub async fn toast(&self, setup: Setup<'_>) -> Result<Server, Failure> {
        let toast = &self.settings.toast;
        let mut command = if setup.pinned { self.cpu_affinity.server(toast) } else { Command::new(toast) };
        let addr = free_address()?;
        let metrics = free_address()?;
        command
            .arg("serve")
            .env("TOAST_ADDR", addr.to_string())
            .env("TOAST_METRICS_ADDR", metrics.to_string())
            .env("TOAST_DATABASE_URL", setup.database)
            .env("TOAST_SITE_ROOT", setup.site)
            .envs(setup.variables.iter().map(|(name, value)| (*name, value)));
        if setup.pinned {
            command.env("TOAST_THREADS", self.cpu_affinity.threads().to_string());
        }
        if let Some(megabytes) = setup.page_cache {
            command.env("TOAST_PAGE_CACHE_MB", megabytes.to_string());
        }
        Server::start(command, addr, setup.name).await
    }

    /// Starts the baseline with a recorded response.
    pub async fn baseline_axum(&self, name: &str, answer: &Answer) -> Result<Server, Failure> {
        let file = scratch().join(format!("{name}.json"));
        fs::write(&file, serde_json::to_vec(answer)?).map_err(Failure::system(file.display()))?;
        let this = std::env::current_exe().map_err(Failure::system("this program"))?;
        let addr = free_address()?;
        let wanted = Wanted { addr, threads: self.cpu_affinity.threads(), answer: file };
        let mut command = self.cpu_affinity.server(&this);
        command.arg("bare").arg("--addr").arg(wanted.addr.to_string());
        command.arg("--threads").arg(wanted.threads.to_string()).arg("--answer").arg(wanted.answer);
        Server::start(command, addr, name).await
    }
}

impl Server {
    async fn start(mut command: Command, addr: SocketAddr, name: &str) -> Result<Self, Failure> {
        let log = scratch().join(format!("{name}.log"));
        let out = File::create(&log).map_err(Failure::system(log.display()))?;
        let error = out.try_clone().map_err(Failure::system(log.display()))?;
        command.stdin(Stdio::null()).stdout(out).stderr(error).kill_on_drop(true);
        let begun = Instant::now();
        let child = command.spawn().map_err(Failure::system(format!("starting {name}")))?;
        let mut server = Self { child, log, addr, started_in: Duration::ZERO };
        while !is_ready(addr).await {
            server.ensure_alive()?;
            if begun.elapsed() > START_TIMEOUT {
                return Err(server.dead("is not ready"));
            }
            sleep(Duration::from_millis(1)).await;
        }
        server.started_in = begun.elapsed();
        Ok(server)
    }

    fn ensure_alive(&mut self) -> Result<(), Failure> {
        match self.child.try_wait() {
            Ok(None) => Ok(()),
            _ => Err(self.dead("ended")),
        }
    }

    fn dead(&self, how: &str) -> Failure {
        let log = fs::read_to_string(&self.log).unwrap_or_default();
        Failure::untrue(format!("{} {how}: {}", self.log.display(), last_lines(&log, 15)))
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.addr)
    }

    /// Resident memory in bytes.
    pub fn memory(&self) -> Result<f64, Failure> {
        let file = format!("/proc/{}/status", self.child.id().unwrap_or_default());
        let status = fs::read_to_string(&file).map_err(Failure::system(&file))?;
        let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kilobytes = resident.and_then(|words| words.split_whitespace().next()?.parse::<f64>().ok());
        kilobytes.map(|kilobytes| kilobytes * 1024.0).ok_or_else(|| Failure::untrue(format!("{file} has no VmRSS")))
    }

    /// Peak memory during other work.
    pub async fn memory_during<T>(&self, work: impl Future<Output = T>) -> Result<(T, f64), Failure> {
        let mut most = self.memory()?;
        let mut work = std::pin::pin!(work);
        loop {
            tokio::select! {
                done = &mut work => return Ok((done, most)),
                () = sleep(Duration::from_millis(100)) => most = most.max(self.memory()?),
            }
        }
    }

    /// Kills it: acknowledged orders must be durable already.
    pub async fn kill(mut self) -> Result<(), Failure> {
        self.ensure_alive()?;
        self.child.kill().await.map_err(Failure::system("ending a server"))
    }
}

fn free_address() -> Result<SocketAddr, Failure> {
    Ok((Ipv4Addr::LOCALHOST, free_port()?).into())
}

/// A plain TCP request: creating an HTTP client would take longer than the server's start.
async fn is_ready(addr: SocketAddr) -> bool {
    let ask = async {
        let mut stream = TcpStream::connect(addr).await.ok()?;
        stream.write_all(b"GET /readyz HTTP/1.1\r\nhost: bench\r\nconnection: close\r\n\r\n").await.ok()?;
        let mut head = [0; 12];
        stream.read_exact(&mut head).await.ok()?;
        Some(head == *b"HTTP/1.1 200")
    };
    timeout(Duration::from_secs(1), ask).await.ok().flatten().unwrap_or(false)
}
