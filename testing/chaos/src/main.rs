//! The program `toast-chaos`.

use chaos::{
    census::Census,
    check::{self, Expected, Verdict},
    command::{
        CheckArgs, Cli, Command, CutterArgs, DriveArgs, KnockArgs, LaboratoryArgs, MarkArgs, NuisanceArgs, OpenArgs,
        PlacesArgs, ReportArgs, RunArgs, WallsArgs, WriteArgs,
    },
    controls, cuts,
    cutter::{Cut, Cutter},
    drive::{self, Plan, browser::Place, names::Names},
    failure::Failure,
    history::History,
    laboratory::Laboratory,
    menu::Terms,
    nuisance, open,
    report::{self, Report},
    run,
    stage::Stage,
    walls::{self, Wall, knock::Manner},
};
use clap::Parser;
use serde::{Serialize, de::DeserializeOwned};
use std::{
    fs,
    io::Write,
    net::{Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
    time::Duration,
};

#[tokio::main]
async fn main() -> ExitCode {
    match Box::pin(obey(Cli::parse().command)).await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(failure) => {
            let _ = writeln!(std::io::stderr(), "toast-chaos: {failure}");
            ExitCode::from(2)
        }
    }
}

/// Whether everything was as it must be.
async fn obey(command: Command) -> Result<bool, Failure> {
    match command {
        Command::Open(arguments) => open_restaurants(&arguments).await,
        Command::Places(arguments) => find_restaurants(&arguments).await,
        Command::Drive(arguments) => drive_guests(arguments).await,
        Command::Check(arguments) => check_history(&arguments).await,
        Command::Controls(arguments) => unless_ended(Box::pin(run_controls(&arguments))).await,
        Command::Cuts(arguments) => unless_ended(Box::pin(run_cuts(&arguments))).await,
        Command::Run(arguments) => break_world(&arguments).await,
        Command::Report(arguments) => write_report(&arguments),
        Command::Nuisance(arguments) => annoy(&arguments).await,
        Command::Cutter(arguments) => stand_between(&arguments).await,
        Command::Walls(arguments) => try_walls(&arguments).await,
        Command::Knock(arguments) => knock(arguments).await,
        Command::Mark(arguments) => leave_mark(arguments).await,
        Command::Write(arguments) => write(&arguments).await,
    }
}

/// What is private goes with its holder, also when the holder is told to end.
async fn unless_ended(work: impl Future<Output = Result<bool, Failure>>) -> Result<bool, Failure> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate()).map_err(Failure::system("listening for signals"))?;
    tokio::select! {
        done = work => done,
        _ = terminate.recv() => Err(Failure::wrong("the work", "was told to end")),
        _ = tokio::signal::ctrl_c() => Err(Failure::wrong("the work", "was told to end")),
    }
}

async fn open_restaurants(arguments: &OpenArgs) -> Result<bool, Failure> {
    let terms = open::open_all(&arguments.databases).await?;
    write_json(&arguments.terms, &terms)?;
    if let Some(path) = &arguments.places {
        write_json(path, &open::places(&arguments.databases, &terms).await?)?;
    }
    say(&format!("{} restaurants are open around the clock", terms.len()))?;
    Ok(true)
}

async fn find_restaurants(arguments: &PlacesArgs) -> Result<bool, Failure> {
    let terms: Vec<Terms> = read_json(&arguments.terms)?;
    write_json(&arguments.places, &open::places(&arguments.databases, &terms).await?)?;
    Ok(true)
}

async fn drive_guests(arguments: DriveArgs) -> Result<bool, Failure> {
    let names =
        if arguments.dns.is_empty() { Names::Fixed(arguments.addresses) } else { asked(&arguments.url, arguments.dns) };
    let authority = arguments.ca.as_deref().map(read_authority).transpose()?;
    let place = Place { url: arguments.url, names, authority };
    let plan = Plan {
        seed: arguments.seed,
        rate: arguments.rate,
        seconds: arguments.seconds,
        guests: arguments.guests,
        sources: arguments.sources,
        at_most: arguments.at_most,
        patience: Duration::from_secs(arguments.patience),
        new_key_on_retry: arguments.new_key_on_retry,
        orders_only: arguments.orders_only,
        reins: Arc::default(),
    };
    let reins = plan.reins.clone();
    tokio::spawn(async move {
        if tokio::signal::ctrl_c().await.is_ok() {
            reins.stop();
        }
    });
    let driven = drive::drive(plan, place, read_json(&arguments.terms)?, &arguments.history).await?;
    say(&format!("{} wishes, {} dropped", driven.wishes, driven.shed))?;
    Ok(true)
}

fn asked(url: &reqwest::Url, servers: Vec<Ipv4Addr>) -> Names {
    let servers = servers.into_iter().map(|server| SocketAddr::from((server, 53)));
    Names::asked(url.host_str().unwrap_or_default(), servers.collect())
}

fn read_authority(path: &Path) -> Result<reqwest::Certificate, Failure> {
    let pem = fs::read(path).map_err(Failure::system(path.display()))?;
    reqwest::Certificate::from_pem(&pem).map_err(Failure::web(path.display()))
}

async fn check_history(arguments: &CheckArgs) -> Result<bool, Failure> {
    let history = History::read(&arguments.history)?;
    let mut census = Census::take(&arguments.databases, Duration::from_secs(arguments.settle)).await?;
    if arguments.world {
        census.ask_patroni().await?;
    }
    let expected = Expected { patroni: arguments.world, standbys: arguments.standbys };
    let verdict = check::check(&history, &census, expected);
    if let Some(path) = &arguments.json {
        write_json(path, &verdict)?;
    }
    say_verdict(&verdict)?;
    Ok(verdict.is_green())
}

fn say_verdict(verdict: &Verdict) -> Result<(), Failure> {
    for violation in &verdict.violations {
        say(&format!("  ✗ {violation}"))?;
    }
    let counts = &verdict.counts;
    say(&format!(
        "{} requests; orders: {} wished, {} acknowledged ({} after a retry), {} refused, {} unknown ({} placed); \
         {} moves; {} orders, {} events in {} shards; {} violations",
        counts.requests,
        counts.wishes,
        counts.acknowledged,
        counts.retried,
        counts.refused,
        counts.unknown,
        counts.unknown_placed,
        counts.moves,
        counts.orders,
        counts.events,
        counts.shards,
        verdict.violations.len()
    ))
}

async fn run_controls(arguments: &LaboratoryArgs) -> Result<bool, Failure> {
    let laboratory = Laboratory::open(arguments.toast.clone(), arguments.seed).await?;
    let tell = |control: &controls::Control| drop(say(&format!("  {control}")));
    let controls = controls::run(&laboratory, &arguments.only, tell).await?;
    if let Some(path) = &arguments.json {
        write_json(path, &controls)?;
    }
    let held = controls.iter().filter(|control| control.held).count();
    say(&format!("controls: {held} of {} as they must be", controls.len()))?;
    Ok(held == controls.len())
}

async fn run_cuts(arguments: &LaboratoryArgs) -> Result<bool, Failure> {
    let laboratory = Laboratory::open(arguments.toast.clone(), arguments.seed).await?;
    let reports = cuts::run(&laboratory, |report| drop(say(&format!("  {report}")))).await?;
    if !laboratory.tools.has_citus() {
        say("  – between coordinator and worker: skipped, the extension citus is not installed")?;
    }
    if let Some(path) = &arguments.json {
        write_json(path, &reports)?;
    }
    let held = reports.iter().filter(|report| report.held).count();
    say(&format!("cuts: {held} of {} points held", reports.len()))?;
    Ok(held == reports.len())
}

async fn break_world(arguments: &RunArgs) -> Result<bool, Failure> {
    let (faults, random) = arguments.chosen().map_err(|why| Failure::wrong("--faults", why))?;
    let mut report = Report { seed: arguments.seed, ..Report::default() };
    let plan = run::Plan {
        seed: arguments.seed,
        faults,
        random: if random { arguments.seconds } else { 0 },
        rate: arguments.rate,
        folder: arguments.folder.clone(),
        bundle: arguments.bundle.clone(),
    };
    let begun = tokio::task::spawn_blocking(move || {
        let mut tell = |line: &str| drop(say(line));
        let outcome = run::run(&plan, &mut report, &mut tell);
        (outcome, report)
    });
    let (outcome, mut report) = begun.await.map_err(|error| Failure::wrong("the run", error))?;
    // What was found before something went wrong is not lost.
    write_json(&arguments.json, &report)?;
    outcome?;
    if !arguments.without_walls {
        report.walls = look_at_walls(arguments.folder.clone(), arguments.bundle.clone(), String::new()).await?;
        say(&walls::line(&report.walls))?;
        write_json(&arguments.json, &report)?;
    }
    if let Some(toast) = &arguments.toast {
        let laboratory = Laboratory::open(toast.clone(), arguments.seed).await?;
        let tell = |control: &controls::Control| drop(say(&format!("control {control}")));
        report.controls = controls::run(&laboratory, "", tell).await?;
        report.cuts = cuts::run(&laboratory, |cut| drop(say(&format!("cut {cut}")))).await?;
        write_json(&arguments.json, &report)?;
    }
    say(&report.line())?;
    Ok(report.violations() == 0)
}

async fn try_walls(arguments: &WallsArgs) -> Result<bool, Failure> {
    let walls = look_at_walls(arguments.folder.clone(), PathBuf::new(), arguments.only.clone()).await?;
    if let Some(path) = &arguments.json {
        write_json(path, &walls)?;
    }
    say(&walls::line(&walls))?;
    Ok(!walls.is_empty() && !walls.iter().any(Wall::is_broken))
}

async fn look_at_walls(folder: PathBuf, bundle: PathBuf, only: String) -> Result<Vec<Wall>, Failure> {
    let looking = tokio::task::spawn_blocking(move || {
        let stage = Stage::open(folder, bundle)?;
        Ok(walls::run(&stage, &only, &mut |wall| drop(say(&format!("  {wall}")))))
    });
    looking.await.map_err(|error| Failure::wrong("the walls", error))?
}

async fn knock(arguments: KnockArgs) -> Result<bool, Failure> {
    let patience = Duration::from_millis(arguments.patience);
    let manner = Manner { udp: arguments.udp, patience, at_once: arguments.at_once, name: arguments.name };
    let met = walls::knock::knock(&arguments.targets, &manner).await?;
    say(&serde_json::to_string(&met).map_err(|error| Failure::wrong("what was met", error))?)?;
    Ok(true)
}

async fn write(arguments: &WriteArgs) -> Result<bool, Failure> {
    let WriteArgs { database, statement, sessions, seconds } = arguments;
    let written = walls::writer::write(database, statement, *sessions, Duration::from_secs(*seconds)).await?;
    say(&serde_json::to_string(&written).map_err(|error| Failure::wrong("what was written", error))?)?;
    Ok(true)
}

async fn leave_mark(arguments: MarkArgs) -> Result<bool, Failure> {
    let authority = arguments.ca.as_deref().map(read_authority).transpose()?;
    let place = Place { names: asked(&arguments.url, arguments.dns), url: arguments.url, authority };
    let terms: Vec<chaos::menu::Terms> = read_json(&arguments.terms)?;
    say(&walls::mark::leave(place, &terms, &arguments.mark).await?)?;
    Ok(true)
}

fn write_report(arguments: &ReportArgs) -> Result<bool, Failure> {
    let figures = report::markdown(&read_json(&arguments.json)?);
    let Some(path) = &arguments.into else {
        say(&figures)?;
        return Ok(true);
    };
    let page = fs::read_to_string(path).unwrap_or_else(|_| "# Reliability\n".to_owned());
    fs::write(path, report::into_page(&page, &figures)).map_err(Failure::system(path.display()))?;
    Ok(true)
}

async fn annoy(arguments: &NuisanceArgs) -> Result<bool, Failure> {
    let length = Duration::from_secs(arguments.seconds);
    let annoyed = nuisance::annoy(arguments.kind, arguments.to, arguments.from, arguments.connections, length).await?;
    say(&format!("{} opened, {} refused", annoyed.opened, annoyed.refused))?;
    Ok(true)
}

async fn stand_between(arguments: &CutterArgs) -> Result<bool, Failure> {
    let cut = Cut { point: arguments.point, side: arguments.side, every: arguments.every };
    let cutter = Cutter::start(&arguments.listen, &arguments.upstream, cut).await?;
    cutter.arm(true);
    tokio::time::sleep(Duration::from_secs(arguments.seconds)).await;
    cutter.arm(false);
    let (seen, cuts) = cutter.counts();
    say(&format!("{seen} came by, {cuts} cut"))?;
    // Lines that are open stay so until it is told to end.
    let ended = tokio::signal::ctrl_c().await;
    ended.map_err(Failure::system("waiting for the end"))?;
    Ok(true)
}

fn say(line: &str) -> Result<(), Failure> {
    writeln!(std::io::stdout(), "{line}").map_err(Failure::system("standard output"))
}

fn read_json<T: DeserializeOwned>(path: &Path) -> Result<T, Failure> {
    let text = fs::read(path).map_err(Failure::system(path.display()))?;
    serde_json::from_slice(&text).map_err(|error| Failure::wrong(path.display(), error))
}

fn write_json<T: Serialize>(path: &Path, value: &T) -> Result<(), Failure> {
    let text = serde_json::to_vec_pretty(value).map_err(|error| Failure::wrong(path.display(), error))?;
    fs::write(path, text).map_err(Failure::system(path.display()))
}
