//! Arguments of the commands that a run starts on nodes.

use crate::{
    fault_proxy::{Point, Side},
    load::{LoadOptions, abusive_client::AttackKind},
};
use clap::Args;
use network_security::port_scan::{ProbeOptions, ScanTarget};
use std::{net::Ipv4Addr, path::PathBuf};

#[derive(Debug, Args)]
pub struct Databases {
    /// Members of the coordinator's group, or the only PostgreSQL server; the leader is used
    #[arg(long = "database", required = true, value_name = "URL")]
    pub urls: Vec<String>,
}

/// How to reach Toast.
#[derive(Debug, Args)]
pub struct SiteArgs {
    /// Address of Toast
    #[arg(long, value_name = "URL", default_value = "https://toast.test")]
    pub url: reqwest::Url,
    /// DNS servers that resolve its name
    #[arg(long, value_name = "ADDRESS", value_delimiter = ',', conflicts_with = "addresses")]
    pub dns: Vec<Ipv4Addr>,
    /// Addresses of its name, instead of DNS
    #[arg(long, value_name = "ADDRESS", value_delimiter = ',', required_unless_present = "dns")]
    pub addresses: Vec<Ipv4Addr>,
    /// CA of its certificate, as PEM
    #[arg(long, value_name = "FILE")]
    pub ca: Option<PathBuf>,
    /// Terms of sale written by `setup`
    #[arg(long, value_name = "FILE")]
    pub terms: PathBuf,
}

#[derive(Debug, Args)]
pub struct SetupArgs {
    #[command(flatten)]
    pub databases: Databases,
    /// Where to write the terms of sale
    #[arg(long, value_name = "FILE")]
    pub terms: PathBuf,
    /// Where to write which database group holds which restaurant
    #[arg(long, value_name = "FILE")]
    pub groups: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct LocateArgs {
    #[command(flatten)]
    pub databases: Databases,
    /// Terms of sale written by `setup`
    #[arg(long, value_name = "FILE")]
    pub terms: PathBuf,
    /// Where to write which database group holds which restaurant
    #[arg(long, value_name = "FILE")]
    pub groups: PathBuf,
}

#[derive(Debug, Args)]
pub struct LoadArgs {
    #[command(flatten)]
    pub site: SiteArgs,
    /// Where to write the history
    #[arg(long, value_name = "FILE")]
    pub history: PathBuf,
    #[command(flatten)]
    pub options: LoadOptions,
}

#[derive(Debug, Args)]
pub struct CheckArgs {
    /// History written by `load`
    #[arg(long, value_name = "FILE")]
    pub history: PathBuf,
    #[command(flatten)]
    pub databases: Databases,
    /// Also compare the coordinator's list of nodes with Patroni
    #[arg(long)]
    pub patroni: bool,
    /// Standbys that must stream from each leader
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub standbys: usize,
    /// How long to wait for messages and transactions in progress
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    pub wait: u64,
    /// Where to write the report
    #[arg(long, value_name = "FILE")]
    pub json: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct AttackArgs {
    /// Kind of attack
    #[arg(long, value_enum)]
    pub kind: AttackKind,
    /// Address to attack
    #[arg(long, value_name = "ADDRESS")]
    pub target: Ipv4Addr,
    /// Local address to connect from
    #[arg(long, value_name = "ADDRESS")]
    pub source: Option<Ipv4Addr>,
    /// Number of connections
    #[arg(long, value_name = "N", default_value_t = 300)]
    pub connections: usize,
    /// Duration
    #[arg(long, value_name = "SECONDS", default_value_t = 30)]
    pub seconds: u64,
}

#[derive(Debug, Args)]
pub struct ProxyArgs {
    /// Address to listen on
    #[arg(long, value_name = "ADDRESS:PORT")]
    pub listen: String,
    /// PostgreSQL server
    #[arg(long, value_name = "ADDRESS:PORT")]
    pub upstream: String,
    /// Message to cut at
    #[arg(long, value_enum)]
    pub point: Point,
    /// Before the message is forwarded, or after its response has arrived
    #[arg(long, value_enum, default_value = "after")]
    pub side: Side,
    /// Cut at every Nth such message
    #[arg(long, value_name = "N", default_value_t = 3)]
    pub every: u64,
    /// How long to cut; afterwards it only forwards, until interrupted
    #[arg(long, value_name = "SECONDS", default_value_t = 30)]
    pub seconds: u64,
}

#[derive(Debug, Args)]
pub struct ScanArgs {
    /// Address and ports, such as 10.1.0.10:22,80,8000-8100
    #[arg(long = "target", required = true, value_name = "ADDRESS:PORTS")]
    pub targets: Vec<ScanTarget>,
    #[command(flatten)]
    pub options: ProbeOptions,
}

#[derive(Debug, Args)]
pub struct CanaryArgs {
    #[command(flatten)]
    pub site: SiteArgs,
    /// Unique name of the customer
    #[arg(long, value_name = "NAME")]
    pub marker: String,
}

#[derive(Debug, Args)]
pub struct WriteArgs {
    /// Database
    #[arg(long, value_name = "URL")]
    pub database: String,
    /// Statement to repeat
    #[arg(long, value_name = "SQL")]
    pub statement: String,
    /// Number of concurrent sessions
    #[arg(long, value_name = "N", default_value_t = 4)]
    pub sessions: usize,
    /// Duration
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    pub seconds: u64,
}
