//! Settings: a flag and an environment variable each, with a safe default and validation at start.

mod address;
mod values;

pub use address::{DatabaseUrl, SmtpUrl, WebUrl};

use address::Guarded;
use app::domain::listing::ListingStatus;
use clap::{Args, Parser, Subcommand, ValueEnum};
use ipnet::IpNet;
use std::{net::SocketAddr, path::PathBuf, time::Duration};
use values::{group_ports, log_filter, network, region, sender, socket};

/// Toast: restaurant menus, orders and kitchen boards
#[derive(Debug, Parser)]
#[command(name = "toast", version, about, max_term_width = 100)]
pub struct Cli {
    /// Command to run; `serve` when omitted.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// The settings; the same for every command.
    #[command(flatten)]
    pub settings: Settings,
}

/// The commands of the program.
#[derive(Debug, Clone, Subcommand)]
pub enum Command {
    /// Serve pages, API and live streams until a stop signal
    Serve,
    /// Apply the database migrations of this version
    Migrate,
    /// Distribute the tables over a Citus cluster; no effect on plain PostgreSQL
    Distribute,
    /// Import the demo restaurants, or generated ones
    Seed(SeedArgs),
    /// Add, remove or list operators: people who approve and suspend restaurants
    Operator(OperatorArgs),
    /// Print the OpenAPI document
    Openapi,
}

/// Arguments of `toast operator`.
#[derive(Debug, Clone, Args)]
pub struct OperatorArgs {
    #[command(subcommand)]
    pub action: OperatorAction,
}

/// Changes of operators.
#[derive(Debug, Clone, Subcommand)]
pub enum OperatorAction {
    /// Make the person of an account an operator
    Add {
        /// E-mail address of the account
        email: String,
    },
    /// Make an operator a person like others
    Remove {
        /// E-mail address of the account
        email: String,
    },
    /// List all operators
    List,
}

/// Arguments of `toast seed`.
#[derive(Debug, Clone, Args)]
pub struct SeedArgs {
    /// Generate this number of restaurants instead of loading the demo
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub restaurants: Option<u32>,
    /// Seed of the generated restaurants
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    pub seed: u64,
    /// Reset prices, names and sold-out marks of the demo restaurants
    #[arg(long)]
    pub reset: bool,
}

/// Settings of a process.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Settings")]
pub struct Settings {
    /// Address to listen on
    #[arg(long, env = "TOAST_ADDR", value_name = "TOAST_ADDR", default_value = "127.0.0.1:3000", value_parser = socket, global = true)]
    pub addr: SocketAddr,
    /// Address to serve metrics on; must not be reachable from the internet
    #[arg(long, env = "TOAST_METRICS_ADDR", value_name = "TOAST_METRICS_ADDR", default_value = "127.0.0.1:9464", value_parser = socket, global = true)]
    pub metrics_addr: SocketAddr,
    /// URL of PostgreSQL or of the Citus coordinator
    #[arg(long, env = "TOAST_DATABASE_URL", value_name = "TOAST_DATABASE_URL", default_value = "postgres://toast@127.0.0.1:5432/toast", value_parser = Guarded::<DatabaseUrl>::new(), hide_env_values = true, global = true)]
    pub database_url: DatabaseUrl,
    /// First port P of the groups of a Citus cluster: group g is reached at the host of the database URL, port P + g; when
    /// omitted, at the address that the coordinator has for it
    #[arg(long, env = "TOAST_DATABASE_GROUP_PORTS", value_name = "TOAST_DATABASE_GROUP_PORTS", value_parser = group_ports, global = true)]
    pub database_group_ports: Option<u16>,
    /// Maximum number of database connections; on a Citus cluster a third of it to each group
    #[arg(long, env = "TOAST_DATABASE_CONNECTIONS", value_name = "TOAST_DATABASE_CONNECTIONS", default_value_t = 24, value_parser = clap::value_parser!(u32).range(2..=500), global = true)]
    pub database_connections: u32,
    /// Deadline of a write while its database node is alive, in milliseconds; longer than a planned switchover
    #[arg(long, env = "TOAST_DATABASE_DEADLINE_MS", value_name = "TOAST_DATABASE_DEADLINE_MS", default_value_t = 8_000, value_parser = clap::value_parser!(u64).range(50..=60_000), global = true)]
    pub database_deadline_ms: u64,
    /// Deadline of a read, in milliseconds, after which the request fails with 503
    #[arg(long, env = "TOAST_READ_DEADLINE_MS", value_name = "TOAST_READ_DEADLINE_MS", default_value_t = 1_500, value_parser = clap::value_parser!(u64).range(50..=60_000), global = true)]
    pub read_deadline_ms: u64,
    /// URL of the region's replica, for menu pages and lists; the primary when omitted
    #[arg(long, env = "TOAST_STANDBY_URL", value_name = "TOAST_STANDBY_URL", value_parser = Guarded::<DatabaseUrl>::new(), hide_env_values = true, global = true)]
    pub standby_url: Option<DatabaseUrl>,
    /// Public URL of this installation; decides cookies, canonical links and the origin allowed to send forms
    #[arg(long, env = "TOAST_PUBLIC_URL", value_name = "TOAST_PUBLIC_URL", value_parser = Guarded::<WebUrl>::new(), global = true)]
    pub public_url: Option<WebUrl>,
    /// Proxies whose X-Forwarded-For header is trusted: addresses or networks, separated by commas
    #[arg(long, env = "TOAST_TRUSTED_PROXIES", value_name = "TOAST_TRUSTED_PROXIES", value_delimiter = ',', value_parser = network, global = true)]
    pub trusted_proxies: Vec<IpNet>,
    /// URL from which browsers load scripts, styles and pictures; this server when omitted
    #[arg(long, env = "TOAST_CDN_URL", value_name = "TOAST_CDN_URL", value_parser = Guarded::<WebUrl>::new(), global = true)]
    pub cdn_url: Option<WebUrl>,
    /// URL of the mail server, such as `smtp://user:password@host:587?tls=required` or `smtps://user:password@host`; no mail is
    /// sent when omitted
    #[arg(long, env = "TOAST_SMTP_URL", value_name = "TOAST_SMTP_URL", value_parser = Guarded::<SmtpUrl>::new(), hide_env_values = true, global = true)]
    pub smtp_url: Option<SmtpUrl>,
    /// Sender of all mail, such as "Toast <toast@example.org>"; needed with a mail server
    #[arg(long, env = "TOAST_MAIL_FROM", value_name = "TOAST_MAIL_FROM", value_parser = sender, global = true)]
    pub mail_from: Option<String>,
    /// Show kept mails with their secret links to all visitors at /dev/mail; for development only
    #[arg(long, env = "TOAST_DEV_MAIL", value_name = "TOAST_DEV_MAIL", default_value_t = false, action = clap::ArgAction::Set, global = true)]
    pub dev_mail: bool,
    /// Name of the region, for logs and diagnostics
    #[arg(long, env = "TOAST_REGION", value_name = "TOAST_REGION", default_value = "local", value_parser = region, global = true)]
    pub region: String,
    /// Name of this node, for logs and diagnostics
    #[arg(long, env = "TOAST_NODE", value_name = "TOAST_NODE", default_value = "local", value_parser = region, global = true)]
    pub node: String,
    /// Allow unspecified addresses such as 0.0.0.0; only for machines that are not reachable from outside
    #[arg(long, env = "TOAST_ALLOW_PUBLIC_BIND", value_name = "TOAST_ALLOW_PUBLIC_BIND", default_value_t = false, action = clap::ArgAction::Set, global = true)]
    pub allow_public_bind: bool,
    /// Folder with the built site
    #[arg(long, env = "TOAST_SITE_ROOT", value_name = "TOAST_SITE_ROOT", default_value = "target/site", global = true)]
    pub site_root: PathBuf,
    /// Log filter: `error`, `warn`, `info`, `debug`, or a list such as `info,sqlx=warn`
    #[arg(long, env = "TOAST_LOG", value_name = "TOAST_LOG", default_value = "info", value_parser = log_filter, global = true)]
    pub log: String,
    /// Log format
    #[arg(long, env = "TOAST_LOG_FORMAT", value_name = "TOAST_LOG_FORMAT", default_value = "json", global = true)]
    pub log_format: LogFormat,
    /// Size of the cache of rendered menu pages, in megabytes; 0 disables it
    #[arg(long, env = "TOAST_PAGE_CACHE_MB", value_name = "TOAST_PAGE_CACHE_MB", default_value_t = 64, value_parser = clap::value_parser!(u64).range(0..=4_096), global = true)]
    pub page_cache_mb: u64,
    /// Time for open requests to finish after a stop signal, in seconds
    #[arg(long, env = "TOAST_DRAIN_SECONDS", value_name = "TOAST_DRAIN_SECONDS", default_value_t = 20, value_parser = clap::value_parser!(u64).range(0..=25), global = true)]
    pub drain_seconds: u64,
    /// Delay between failing readiness checks and closing the listener, in milliseconds
    #[arg(long, env = "TOAST_DRAIN_NOTICE_MS", value_name = "TOAST_DRAIN_NOTICE_MS", default_value_t = 0, value_parser = clap::value_parser!(u64).range(0..=10_000), global = true)]
    pub drain_notice_ms: u64,
    /// Whether an operator approves a restaurant before guests see it
    #[arg(long, env = "TOAST_APPROVE_RESTAURANTS", value_name = "TOAST_APPROVE_RESTAURANTS", default_value_t = false, action = clap::ArgAction::Set, global = true)]
    pub approve_restaurants: bool,
    /// Number of worker threads, at least 2; the number of CPUs when omitted
    #[arg(long, env = "TOAST_THREADS", value_name = "TOAST_THREADS", value_parser = clap::value_parser!(u16).range(2..=256), global = true)]
    pub threads: Option<u16>,
}

impl Settings {
    /// Deadline of a write.
    pub const fn database_deadline(&self) -> Duration {
        Duration::from_millis(self.database_deadline_ms)
    }

    /// Deadline of a read.
    pub const fn read_deadline(&self) -> Duration {
        Duration::from_millis(self.read_deadline_ms)
    }

    /// The status of a restaurant that its owner publishes.
    pub const fn published_as(&self) -> ListingStatus {
        if self.approve_restaurants { ListingStatus::Review } else { ListingStatus::Published }
    }

    /// Prefix of the URLs of scripts, styles and pictures; empty for this server.
    pub fn asset_base(&self) -> String {
        self.cdn_url.as_ref().map(|url| url.origin().to_owned()).unwrap_or_default()
    }

    /// Worker threads: two at least, since a render must not wait for itself.
    pub fn worker_threads(&self) -> usize {
        let cores = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
        self.threads.map_or(cores.max(2), usize::from)
    }
}

/// Format of log lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// One JSON object a line
    Json,
    /// Human-readable lines
    Text,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(arguments: &[&str]) -> String {
        let all = std::iter::once("toast").chain(arguments.iter().copied());
        Cli::try_parse_from(all).unwrap_err().to_string()
    }

    #[test]
    fn every_refusal_names_setting_value_and_what_is_allowed() {
        for (flag, value, name, allowed) in [
            ("--addr", "here", "TOAST_ADDR", "127.0.0.1:3000"),
            ("--database-url", "mysql://x", "TOAST_DATABASE_URL", "postgres://"),
            ("--database-group-ports", "65001", "TOAST_DATABASE_GROUP_PORTS", "between 1 and 65000"),
            ("--database-group-ports", "5010-5020", "TOAST_DATABASE_GROUP_PORTS", "5010"),
            ("--cdn-url", "cdn.example", "TOAST_CDN_URL", "https://"),
            ("--region", "EU 1", "TOAST_REGION", "a-z"),
            ("--node", "a_app1", "TOAST_NODE", "a-z"),
            ("--standby-url", "mysql://x", "TOAST_STANDBY_URL", "postgres://"),
            ("--smtp-url", "mail.example", "TOAST_SMTP_URL", "smtp://"),
            ("--mail-from", "Toast", "TOAST_MAIL_FROM", "toast@example.org"),
            ("--dev-mail", "perhaps", "TOAST_DEV_MAIL", "true"),
            ("--allow-public-bind", "perhaps", "TOAST_ALLOW_PUBLIC_BIND", "true"),
            ("--trusted-proxies", "ingress", "TOAST_TRUSTED_PROXIES", "192.0.2.0/24"),
            ("--log", "loud=!", "TOAST_LOG", "info"),
            ("--page-cache-mb", "-1", "TOAST_PAGE_CACHE_MB", ""),
            ("--threads", "1", "TOAST_THREADS", "2"),
        ] {
            let text = refusal(&[&format!("{flag}={value}")]);
            assert!(text.contains(name) && text.contains(value) && text.contains(allowed), "{text}");
        }
    }

    #[test]
    fn a_mistyped_address_is_refused_without_its_password() {
        let passwords = ["s3cret", "12345678"];
        for address in [
            "postgres://toast:s3cret@db:54x32/toast",
            "postgres://toast:s3cret@db:5432x/toast?sslmode=disable",
            "postgres://toast:12345678",
            "postgres:/toast:s3cret@db/toast",
            "postgres//toast:s3cret@db/toast",
            "postgress://toast:s3cret@db/toast",
            "toast:s3cret@db/toast",
            "postgres://toast:se/s3cret@db/toast",
            "postgres://db/toast?password=s3cret&sslmode=of",
            "postgres://db/toast?passwort=s3cret",
            "postgres://db/toast?s3cret",
            "host=db user=toast password=s3cret",
            "https://toast:s3cret@db",
            "smtp://toast:s3cret@db",
        ] {
            for flag in ["--database-url", "--standby-url", "--public-url", "--cdn-url", "--smtp-url"] {
                let text = refusal(&[&format!("{flag}={address}")]);
                assert!(text.contains(flag), "{text}");
                assert!(passwords.iter().all(|password| !text.contains(password)), "{text}");
            }
        }
    }
}
