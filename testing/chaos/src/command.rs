//! The command line.

mod node_commands;

pub use node_commands::{
    AttackArgs, CanaryArgs, CheckArgs, LoadArgs, LocateArgs, ProxyArgs, ScanArgs, SetupArgs, SiteArgs, WriteArgs,
};

use crate::{faults::Fault, load};
use clap::{Args, Parser, Subcommand};
use std::path::PathBuf;

/// Injects faults into Toast under load and checks that no acknowledged order is lost, doubled or mispriced
#[derive(Debug, Parser)]
#[command(name = "toast-chaos", version, about, max_term_width = 100)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Inject faults into the running testbed under load, then check the result
    Run(RunArgs),
    /// Write the results of a run as Markdown
    Report(ReportArgs),
    /// Run the network security and invariant checks of the running testbed
    Security(SecurityArgs),
    /// Break Toast on purpose in temporary databases: the checker must detect it
    SelfTest(SandboxArgs),
    /// Cut connections to temporary databases at COMMIT, PREPARE TRANSACTION and COMMIT PREPARED
    ConnectionCuts(SandboxArgs),
    /// Open all restaurants around the clock and write their terms of sale
    Setup(SetupArgs),
    /// Write which database group holds which restaurant
    Locate(LocateArgs),
    /// Send requests as customers and staff, and record the responses
    Load(LoadArgs),
    /// Compare a recorded history with the database
    Check(CheckArgs),
    /// Open many connections from one address
    Attack(AttackArgs),
    /// Run a PostgreSQL proxy that cuts connections at one message
    Proxy(ProxyArgs),
    /// Scan ports and print as JSON those that are not filtered
    Scan(ScanArgs),
    /// Place an order under a unique name and read it back
    Canary(CanaryArgs),
    /// Repeat a write and print the acknowledged ones as JSON
    Write(WriteArgs),
}

#[derive(Debug, Args)]
pub struct RunArgs {
    /// Faults in this order, or `all`, `none`, `random`
    #[arg(long, value_name = "NAMES", default_value = "all")]
    pub faults: String,
    /// Duration of random faults, after the named ones
    #[arg(long, value_name = "SECONDS", default_value_t = 120)]
    pub seconds: u64,
    /// Seed of all random choices
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    pub seed: u64,
    /// Operations per second
    #[arg(long, value_name = "RATE", default_value_t = load::DEFAULT_RATE)]
    pub rate: f64,
    /// Folder for files of the run, which must be visible to nodes; the default is removed with the testbed
    #[arg(long, value_name = "FOLDER", default_value = "/var/lib/toast-testbed/chaos")]
    pub folder: PathBuf,
    /// Release that an upgrade installs
    #[arg(long, value_name = "FOLDER", default_value = ".toast/bundle")]
    pub bundle: PathBuf,
    /// Server program for the self-test and connection cuts; without it both are skipped
    #[arg(long, value_name = "FILE")]
    pub toast: Option<PathBuf>,
    /// Skip the security and invariant checks, which take some minutes
    #[arg(long)]
    pub skip_security: bool,
    /// Where to write the report
    #[arg(long, value_name = "FILE", default_value = "target/reliability.json")]
    pub json: PathBuf,
}

#[derive(Debug, Args)]
pub struct ReportArgs {
    /// Report of `run`
    #[arg(long, value_name = "FILE", default_value = "target/reliability.json")]
    pub json: PathBuf,
    /// Page whose results are replaced; without it they are printed
    #[arg(long, value_name = "FILE")]
    pub into: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct SecurityArgs {
    /// Only checks whose names contain this text
    #[arg(long, value_name = "TEXT", default_value = "")]
    pub only: String,
    /// Folder for files of the run, which must be visible to nodes; the default is removed with the testbed
    #[arg(long, value_name = "FOLDER", default_value = "/var/lib/toast-testbed/chaos")]
    pub folder: PathBuf,
    /// Where to write the findings
    #[arg(long, value_name = "FILE")]
    pub json: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct SandboxArgs {
    /// Server program
    #[arg(long, env = "TOAST_BIN", value_name = "FILE", default_value = "target/release/toast")]
    pub toast: PathBuf,
    /// Seed of all random choices
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    pub seed: u64,
    /// Only experiments whose names contain this text
    #[arg(long, value_name = "TEXT", default_value = "")]
    pub only: String,
    /// Where to write the results
    #[arg(long, value_name = "FILE")]
    pub json: Option<PathBuf>,
}

impl RunArgs {
    /// The named faults, and whether random ones follow.
    pub fn chosen_faults(&self) -> Result<(Vec<Fault>, bool), String> {
        use clap::ValueEnum;
        let mut faults = Vec::new();
        let mut random = false;
        for word in self.faults.split([',', ' ']).filter(|word| !word.is_empty()) {
            match word {
                "all" => {
                    faults.extend(Fault::value_variants());
                    random = true;
                }
                "none" => {}
                "random" => random = true,
                name => faults.push(Fault::from_str(name, true).map_err(|_| {
                    let names: Vec<_> = Fault::value_variants().iter().map(|fault| fault.name()).collect();
                    format!("there is no fault {name}; choose from all, none, random, {}", names.join(", "))
                })?),
            }
        }
        Ok((faults, random && self.seconds > 0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(words: &str) -> Result<(Vec<Fault>, bool), String> {
        let Command::Run(arguments) = Cli::parse_from(["toast-chaos", "run", "--faults", words]).command else {
            panic!("run is run");
        };
        arguments.chosen_faults()
    }

    #[test]
    fn faults_are_chosen_by_name() {
        assert_eq!(chosen("backend-kill,worker-lost").unwrap(), (vec![Fault::BackendKill, Fault::WorkerLost], false));
        assert_eq!(chosen("random").unwrap(), (Vec::new(), true));
        assert_eq!(chosen("all").unwrap().0.len(), 32);
        assert!(chosen("earthquake").unwrap_err().contains("region-cut"));
    }

    #[test]
    fn options_are_consistent() {
        use clap::CommandFactory;
        Cli::command().debug_assert();
    }
}
