//! What can be asked of this program.

use crate::{
    cutter::{Point, Side},
    faults::Fault,
    nuisance::Kind,
    walls::knock::Target,
};
use clap::{Args, Parser, Subcommand};
use std::{net::Ipv4Addr, path::PathBuf};

/// Breaks Toast while orders pour in, and finds out whether anything acknowledged was lost.
#[derive(Debug, Parser)]
#[command(name = "toast-chaos", version, about, max_term_width = 100)]
pub struct Cli {
    /// What to do
    #[command(subcommand)]
    pub command: Command,
}

/// What there is to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Open all restaurants around the clock, and write down on which terms they sell
    Open(OpenArgs),
    /// Send guests and staff, and write down what they were told
    Drive(DriveArgs),
    /// Compare what guests were told with what is in the database
    Check(CheckArgs),
    /// Break Toast on purpose in private databases: the checker must notice
    Controls(LaboratoryArgs),
    /// Cut the line to private databases at COMMIT, PREPARE and COMMIT PREPARED
    Cuts(LaboratoryArgs),
    /// Break the running world in every way while orders pour in
    Run(RunArgs),
    /// Look whether what must not get through the running world's walls does not
    Walls(WallsArgs),
    /// Write what a run found as a part of a page
    Report(ReportArgs),
    /// Open many connections from one address
    Nuisance(NuisanceArgs),
    /// Write down which group of the database holds which restaurant
    Places(PlacesArgs),
    /// Stand between two ends of PostgreSQL's protocol, and cut at a message
    Cutter(CutterArgs),
    /// Knock on ports, and tell as JSON which were not silent
    Knock(KnockArgs),
    /// Order under a marked name, and look at the order
    Mark(MarkArgs),
    /// Write the same thing into a database again and again, and tell as JSON what was acknowledged
    Write(WriteArgs),
}

/// Databases by their addresses.
#[derive(Debug, Args)]
pub struct OpenArgs {
    /// Members of the coordinator's group, or the one PostgreSQL; the one that leads is used
    #[arg(long = "database", required = true, value_name = "URL")]
    pub databases: Vec<String>,
    /// Where to write the terms
    #[arg(long, value_name = "FILE")]
    pub terms: PathBuf,
    /// Where to write which group of the database holds which restaurant
    #[arg(long, value_name = "FILE")]
    pub places: Option<PathBuf>,
}

/// Databases by their addresses, and what is known of the restaurants.
#[derive(Debug, Args)]
pub struct PlacesArgs {
    /// Members of the coordinator's group, or the one PostgreSQL; the one that leads is used
    #[arg(long = "database", required = true, value_name = "URL")]
    pub databases: Vec<String>,
    /// What `open` wrote
    #[arg(long, value_name = "FILE")]
    pub terms: PathBuf,
    /// Where to write
    #[arg(long, value_name = "FILE")]
    pub places: PathBuf,
}

/// How to run.
#[derive(Debug, Args)]
pub struct RunArgs {
    /// Faults one after the other; all when left out, `none` for none, `random` for accidents at random
    #[arg(long, value_name = "NAMES", default_value = "all")]
    pub faults: String,
    /// Seconds of accidents at random, after the named faults
    #[arg(long, value_name = "N", default_value_t = 120)]
    pub seconds: u64,
    /// Everything follows from it
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    pub seed: u64,
    /// Wishes a second
    #[arg(long, value_name = "N", default_value_t = crate::run::USUAL_RATE)]
    pub rate: f64,
    /// Folder for the files of the run, which nodes must see; the one that is set goes with the world
    #[arg(long, value_name = "FOLDER", default_value = "/var/lib/toast-testbed/chaos")]
    pub folder: PathBuf,
    /// What an upgrade upgrades to
    #[arg(long, value_name = "FOLDER", default_value = ".toast/bundle")]
    pub bundle: PathBuf,
    /// The server's program, for the controls; those are left out without it
    #[arg(long, value_name = "FILE")]
    pub toast: Option<PathBuf>,
    /// Leave out the walls, which take some minutes
    #[arg(long)]
    pub without_walls: bool,
    /// Where to write the report as JSON
    #[arg(long, value_name = "FILE", default_value = "target/reliability.json")]
    pub json: PathBuf,
}

/// Which walls.
#[derive(Debug, Args)]
pub struct WallsArgs {
    /// Only the checks whose names hold this word
    #[arg(long, value_name = "WORD", default_value = "")]
    pub only: String,
    /// Folder for the files of the run, which nodes must see; the one that is set goes with the world
    #[arg(long, value_name = "FOLDER", default_value = "/var/lib/toast-testbed/chaos")]
    pub folder: PathBuf,
    /// Where to write what was found as JSON
    #[arg(long, value_name = "FILE")]
    pub json: Option<PathBuf>,
}

/// Where to knock.
#[derive(Debug, Args)]
pub struct KnockArgs {
    /// Whom, and on which ports
    #[arg(long = "to", required = true, value_name = "ADDRESS:PORTS")]
    pub targets: Vec<Target>,
    /// With datagrams instead of connections
    #[arg(long)]
    pub udp: bool,
    /// Milliseconds to wait for an answer
    #[arg(long, value_name = "N", default_value_t = 2_000)]
    pub patience: u64,
    /// Most attempts under way
    #[arg(long, value_name = "N", default_value_t = 200)]
    pub at_once: usize,
    /// A name that UDP port 53 is asked for; nonsense like all others when left out
    #[arg(long, value_name = "NAME")]
    pub name: Option<String>,
}

/// What to write.
#[derive(Debug, Args)]
pub struct WriteArgs {
    /// The database
    #[arg(long, value_name = "URL")]
    pub database: String,
    /// What is said to it
    #[arg(long, value_name = "SQL")]
    pub statement: String,
    /// On how many sessions
    #[arg(long, value_name = "N", default_value_t = 4)]
    pub sessions: usize,
    /// For how long
    #[arg(long, value_name = "N", default_value_t = 60)]
    pub seconds: u64,
}

/// Who orders.
#[derive(Debug, Args)]
pub struct MarkArgs {
    /// Where guests go
    #[arg(long, value_name = "URL", default_value = "https://toast.test")]
    pub url: reqwest::Url,
    /// DNS servers that know the name
    #[arg(long, value_name = "ADDRESS", value_delimiter = ',', required = true)]
    pub dns: Vec<Ipv4Addr>,
    /// The authority that signed the certificate, as PEM
    #[arg(long, value_name = "FILE")]
    pub ca: Option<PathBuf>,
    /// What `open` wrote
    #[arg(long, value_name = "FILE")]
    pub terms: PathBuf,
    /// The name that is ordered under; no other order may have had it
    #[arg(long, value_name = "WORD")]
    pub mark: String,
}

/// What to write where.
#[derive(Debug, Args)]
pub struct ReportArgs {
    /// What `run` wrote
    #[arg(long, value_name = "FILE", default_value = "target/reliability.json")]
    pub json: PathBuf,
    /// The page whose figures are replaced; they are printed when left out
    #[arg(long, value_name = "FILE")]
    pub into: Option<PathBuf>,
}

/// How to annoy.
#[derive(Debug, Args)]
pub struct NuisanceArgs {
    /// In which way
    #[arg(long, value_enum)]
    pub kind: Kind,
    /// Whom
    #[arg(long, value_name = "ADDRESS")]
    pub to: Ipv4Addr,
    /// From which own address
    #[arg(long, value_name = "ADDRESS")]
    pub from: Option<Ipv4Addr>,
    /// How many
    #[arg(long, value_name = "N", default_value_t = 300)]
    pub connections: usize,
    /// For how long
    #[arg(long, value_name = "N", default_value_t = 30)]
    pub seconds: u64,
}

impl RunArgs {
    /// The named faults, and whether accidents follow.
    pub fn chosen(&self) -> Result<(Vec<Fault>, bool), String> {
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
                    let names: Vec<_> = Fault::value_variants().iter().map(|fault| fault.word()).collect();
                    format!("{name} is no fault; choose from all, none, random, {}", names.join(", "))
                })?),
            }
        }
        Ok((faults, random && self.seconds > 0))
    }
}

/// How to drive.
#[derive(Debug, Args)]
pub struct DriveArgs {
    /// Where guests go
    #[arg(long, value_name = "URL", default_value = "https://toast.test")]
    pub url: reqwest::Url,
    /// DNS servers that know the name
    #[arg(long, value_name = "ADDRESS", value_delimiter = ',', conflicts_with = "addresses")]
    pub dns: Vec<Ipv4Addr>,
    /// Addresses of the name, where no DNS is asked
    #[arg(long, value_name = "ADDRESS", value_delimiter = ',', required_unless_present = "dns")]
    pub addresses: Vec<Ipv4Addr>,
    /// The authority that signed the certificate, as PEM
    #[arg(long, value_name = "FILE")]
    pub ca: Option<PathBuf>,
    /// What `open` wrote
    #[arg(long, value_name = "FILE")]
    pub terms: PathBuf,
    /// For how long wishes come
    #[arg(long, value_name = "N", default_value_t = 60)]
    pub seconds: u64,
    /// Wishes a second
    #[arg(long, value_name = "N", default_value_t = crate::run::USUAL_RATE)]
    pub rate: f64,
    /// Everything follows from it
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    pub seed: u64,
    /// Where to write what happened
    #[arg(long, value_name = "FILE")]
    pub history: PathBuf,
    /// Guests, each with a browser
    #[arg(long, value_name = "N", default_value_t = 24)]
    pub guests: usize,
    /// Own addresses to connect from
    #[arg(long, value_name = "ADDRESS", value_delimiter = ',')]
    pub sources: Vec<Ipv4Addr>,
    /// Most wishes under way
    #[arg(long, value_name = "N", default_value_t = 600)]
    pub at_most: usize,
    /// Seconds for which an order is tried again
    #[arg(long, value_name = "N", default_value_t = 90)]
    pub patience: u64,
    /// A mistake on purpose: a retry gets a key of its own
    #[arg(long)]
    pub new_key_on_retry: bool,
    /// Only orders through the API
    #[arg(long)]
    pub orders_only: bool,
}

/// How to check.
#[derive(Debug, Args)]
pub struct CheckArgs {
    /// What `drive` wrote
    #[arg(long, value_name = "FILE")]
    pub history: PathBuf,
    /// Members of the coordinator's group, or the one PostgreSQL; the one that leads is used
    #[arg(long = "database", required = true, value_name = "URL")]
    pub databases: Vec<String>,
    /// Ask the Patroni beside each leader who is who
    #[arg(long)]
    pub world: bool,
    /// Standbys that must follow each leader
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub standbys: usize,
    /// Seconds to wait for messages and commits that are under way
    #[arg(long, value_name = "N", default_value_t = 60)]
    pub settle: u64,
    /// Where to write the verdict as JSON
    #[arg(long, value_name = "FILE")]
    pub json: Option<PathBuf>,
}

/// What private trials need.
#[derive(Debug, Args)]
pub struct LaboratoryArgs {
    /// The server's program
    #[arg(long, env = "TOAST_BIN", value_name = "FILE", default_value = "target/release/toast")]
    pub toast: PathBuf,
    /// Everything follows from it
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    pub seed: u64,
    /// Only those whose names hold these words
    #[arg(long, value_name = "WORDS", default_value = "")]
    pub only: String,
    /// Where to write the reports as JSON
    #[arg(long, value_name = "FILE")]
    pub json: Option<PathBuf>,
}

/// Where to stand and when to cut.
#[derive(Debug, Args)]
pub struct CutterArgs {
    /// Where to listen
    #[arg(long, value_name = "ADDRESS:PORT")]
    pub listen: String,
    /// Whom to hand on to
    #[arg(long, value_name = "ADDRESS:PORT")]
    pub upstream: String,
    /// At which message
    #[arg(long, value_enum)]
    pub point: Point,
    /// On which side of it
    #[arg(long, value_enum, default_value = "after")]
    pub side: Side,
    /// Every so many times that it comes by
    #[arg(long, value_name = "N", default_value_t = 3)]
    pub every: u64,
    /// For how long to cut; afterwards it only hands on
    #[arg(long, value_name = "N", default_value_t = 30)]
    pub seconds: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(words: &str) -> Result<(Vec<Fault>, bool), String> {
        let Command::Run(arguments) = Cli::parse_from(["toast-chaos", "run", "--faults", words]).command else {
            panic!("run is run");
        };
        arguments.chosen()
    }

    #[test]
    fn faults_are_named_by_their_words() {
        assert_eq!(chosen("backend-kill,worker-lost").unwrap(), (vec![Fault::BackendKill, Fault::WorkerLost], false));
        assert_eq!(chosen("random").unwrap(), (Vec::new(), true));
        assert_eq!(chosen("all").unwrap().0.len(), 28);
        assert!(chosen("earthquake").unwrap_err().contains("region-cut"));
    }

    #[test]
    fn the_options_are_in_order() {
        use clap::CommandFactory;
        Cli::command().debug_assert();
    }
}
