//! How a measurement is run: what it measures, where, and for how long.

use crate::{bare, processors::Processors};
use clap::{Parser, Subcommand, ValueEnum};
use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
};

/// Measures Toast beside its neighbours.
#[derive(Debug, Parser)]
#[command(name = "bench")]
pub struct Settings {
    /// The neighbour itself, started by the measurement
    #[command(subcommand)]
    pub command: Option<Command>,
    /// Measure only these, and write nothing down
    #[arg(long, value_enum, value_delimiter = ',')]
    pub only: Vec<Part>,
    /// How often each side of a ratio has its turn
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u8).range(1..=20))]
    pub rounds: u8,
    /// Seconds of each turn
    #[arg(long, default_value_t = 4, value_parser = clap::value_parser!(u64).range(1..=60))]
    pub seconds: u64,
    /// Clients at a time, on both sides
    #[arg(long, default_value_t = 16, value_parser = clap::value_parser!(u16).range(1..=24))]
    pub clients: u16,
    /// An empty PostgreSQL, durable, and its superuser
    #[arg(long, env = "TOAST_BENCH_DATABASE_URL", hide_env_values = true)]
    pub database_url: Option<String>,
    /// An empty database on a Citus coordinator, durable, and its superuser
    #[arg(long, env = "TOAST_BENCH_CLUSTER_URL", hide_env_values = true)]
    pub cluster_url: Option<String>,
    /// The server to measure
    #[arg(long, env = "TOAST_BIN", default_value = env!("CARGO_BIN_EXE_toast"))]
    pub context: PathBuf,
    /// Its built site
    #[arg(long, env = "TOAST_SITE_ROOT", default_value = concat!(env!("CARGO_MANIFEST_DIR"), "/../target/site"))]
    pub site: PathBuf,
    /// Where pgbench is
    #[arg(long, env = "TOAST_BENCH_PGBENCH", default_value = "pgbench")]
    pub pgbench: PathBuf,
    /// What cargo adds for every benchmark
    #[arg(long, hide = true)]
    bench: bool,
}

/// What else this program can be.
#[derive(Debug, Clone, Subcommand)]
pub enum Command {
    /// A server that sends the same bytes for ever
    #[command(hide = true)]
    Bare(bare::Wanted),
}

/// What can be measured by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Part {
    /// Memory and start
    Start,
    /// Menu pages a second
    Pages,
    /// Orders a second
    Orders,
    /// Bytes before the first tap, and the time until a tap counts
    Browser,
}

impl Settings {
    /// Whether a part is measured this time.
    pub fn wants(&self, part: Part) -> bool {
        self.only.is_empty() || self.only.contains(&part)
    }
}

/// The root of the project.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Where logs and scripts of a measurement are kept until the next one.
pub fn scratch() -> PathBuf {
    root().join("target/bench")
}

/// Everything that every measurement needs.
pub struct Bench {
    pub settings: Settings,
    pub processors: Processors,
    pub http: reqwest::Client,
}

impl Bench {
    /// A free address of this machine.
    pub fn free_address() -> std::io::Result<SocketAddr> {
        std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()
    }
}
