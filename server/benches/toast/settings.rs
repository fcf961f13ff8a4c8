//! Settings of a benchmark run.

use crate::{baseline_axum, cpu_affinity::CpuAffinity};
use clap::{Parser, Subcommand, ValueEnum};
use std::path::{Path, PathBuf};

/// Benchmarks Toast against baselines
#[derive(Debug, Parser)]
#[command(name = "bench")]
pub struct Settings {
    /// The baseline server, started by the benchmark
    #[command(subcommand)]
    pub command: Option<Command>,
    /// Run only these, without writing the reports
    #[arg(long, value_enum, value_delimiter = ',')]
    pub only: Vec<Part>,
    /// Rounds per measurement; the sides alternate
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u8).range(1..=20))]
    pub rounds: u8,
    /// Seconds per round
    #[arg(long, default_value_t = 4, value_parser = clap::value_parser!(u64).range(1..=60))]
    pub seconds: u64,
    /// Concurrent clients, on both sides
    #[arg(long, default_value_t = 16, value_parser = clap::value_parser!(u16).range(1..=24))]
    pub clients: u16,
    /// Superuser URL of an empty PostgreSQL with durable writes
    #[arg(long, env = "TOAST_BENCH_DATABASE_URL", hide_env_values = true)]
    pub database_url: Option<String>,
    /// Superuser URL of an empty database on a Citus coordinator with durable writes
    #[arg(long, env = "TOAST_BENCH_CLUSTER_URL", hide_env_values = true)]
    pub cluster_url: Option<String>,
    /// The server to measure
    #[arg(long, env = "TOAST_BIN", default_value = env!("CARGO_BIN_EXE_toast"))]
    pub toast: PathBuf,
    /// Its built site
    #[arg(long, env = "TOAST_SITE_ROOT", default_value = concat!(env!("CARGO_MANIFEST_DIR"), "/../target/site"))]
    pub site: PathBuf,
    /// Path of pgbench
    #[arg(long, env = "TOAST_BENCH_PGBENCH", default_value = "pgbench")]
    pub pgbench: PathBuf,
    /// Passed by cargo to every benchmark
    #[arg(long, hide = true)]
    bench: bool,
}

/// Internal commands.
#[derive(Debug, Clone, Subcommand)]
pub enum Command {
    /// Send the same bytes for every request
    #[command(hide = true)]
    Bare(baseline_axum::Wanted),
}

/// Parts of the benchmark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Part {
    /// Memory and start
    Start,
    /// Menu pages a second
    Pages,
    /// Orders a second
    Orders,
    /// Bytes before the first tap, and the time until a tap takes effect
    Browser,
    /// Sign-ins, pages of owners, and mail
    Accounts,
}

impl Settings {
    /// Whether a part is measured in this run.
    pub fn wants(&self, part: Part) -> bool {
        self.only.is_empty() || self.only.contains(&part)
    }
}

pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Folder of logs and scripts, kept until the next run.
pub fn scratch() -> PathBuf {
    root().join("target/bench")
}

/// State that all parts share.
pub struct Bench {
    pub settings: Settings,
    pub cpu_affinity: CpuAffinity,
    pub http: reqwest::Client,
}
