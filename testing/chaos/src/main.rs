//! The program `toast-chaos`.

mod node_commands;
mod output;

use chaos::{
    checker_controls,
    command::{Cli, Command, ReportArgs, RunArgs, SandboxArgs, SecurityArgs},
    connection_cuts,
    report::{self, Report},
    run,
    sandbox::Sandbox,
    security,
};
use clap::Parser;
use output::print;
use std::{fs, io::Write, path::PathBuf, process::ExitCode};
use support::{
    Error,
    checks::{self, Finding},
    json,
};

#[tokio::main]
async fn main() -> ExitCode {
    match Box::pin(run_command(Cli::parse().command)).await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "toast-chaos: {error}");
            ExitCode::from(2)
        }
    }
}

/// Returns whether everything passed.
async fn run_command(command: Command) -> Result<bool, Error> {
    match command {
        Command::Run(arguments) => run_faults(&arguments).await,
        Command::Report(arguments) => write_report(&arguments),
        Command::Security(arguments) => check_security(&arguments).await,
        Command::SelfTest(arguments) => until_terminated(Box::pin(run_self_test(&arguments))).await,
        Command::ConnectionCuts(arguments) => until_terminated(Box::pin(run_connection_cuts(&arguments))).await,
        Command::Setup(arguments) => node_commands::setup(&arguments).await,
        Command::Locate(arguments) => node_commands::locate(&arguments).await,
        Command::Load(arguments) => node_commands::load(arguments).await,
        Command::Check(arguments) => node_commands::check(&arguments).await,
        Command::Attack(arguments) => node_commands::attack(&arguments).await,
        Command::Proxy(arguments) => node_commands::proxy(&arguments).await,
        Command::Scan(arguments) => node_commands::scan(arguments).await,
        Command::Canary(arguments) => node_commands::canary(arguments).await,
        Command::Write(arguments) => node_commands::write(&arguments).await,
    }
}

/// Drops the work on SIGTERM and SIGINT, so that temporary servers are stopped and removed.
async fn until_terminated(work: impl Future<Output = Result<bool, Error>>) -> Result<bool, Error> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate()).map_err(Error::io("listening for signals"))?;
    tokio::select! {
        done = work => done,
        _ = terminate.recv() => Err(Error::failed("the experiments", "terminated by a signal")),
        _ = tokio::signal::ctrl_c() => Err(Error::failed("the experiments", "interrupted")),
    }
}

async fn run_self_test(arguments: &SandboxArgs) -> Result<bool, Error> {
    let sandbox = Sandbox::open(arguments.toast.clone(), arguments.seed).await?;
    let progress = |control: &checker_controls::Control| drop(print(&format!("  {control}")));
    let controls = checker_controls::run(&sandbox, &arguments.only, progress).await?;
    if let Some(path) = &arguments.json {
        json::write(path, &controls)?;
    }
    let passed = controls.iter().filter(|control| control.passed).count();
    print(&format!("self-test: {passed} of {} controls passed", controls.len()))?;
    Ok(passed == controls.len())
}

async fn run_connection_cuts(arguments: &SandboxArgs) -> Result<bool, Error> {
    let sandbox = Sandbox::open(arguments.toast.clone(), arguments.seed).await?;
    let reports = connection_cuts::run(&sandbox, |report| drop(print(&format!("  {report}")))).await?;
    if !sandbox.tools.has_citus() {
        print("  – between coordinator and worker: skipped, the extension citus is not installed")?;
    }
    if let Some(path) = &arguments.json {
        json::write(path, &reports)?;
    }
    let passed = reports.iter().filter(|report| report.passed).count();
    print(&format!("connection-cuts: {passed} of {} points passed", reports.len()))?;
    Ok(passed == reports.len())
}

async fn run_faults(arguments: &RunArgs) -> Result<bool, Error> {
    let (faults, random) = arguments.chosen_faults().map_err(|why| Error::failed("--faults", why))?;
    let mut report = Report { seed: arguments.seed, ..Report::default() };
    let options = run::RunOptions {
        seed: arguments.seed,
        faults,
        random: if random { arguments.seconds } else { 0 },
        rate: arguments.rate,
        folder: arguments.folder.clone(),
        bundle: arguments.bundle.clone(),
    };
    let running = tokio::task::spawn_blocking(move || {
        let mut progress = |line: &str| drop(print(line));
        let outcome = run::run(&options, &mut report, &mut progress);
        (outcome, report)
    });
    let (outcome, mut report) = running.await.map_err(|error| Error::failed("the run", error))?;
    // Written before a failure is returned: the faults up to it were checked.
    json::write(&arguments.json, &report)?;
    outcome?;
    if !arguments.skip_security {
        report.security = security_findings(arguments.folder.clone(), arguments.bundle.clone(), String::new()).await?;
        print(&checks::summary(&report.security))?;
        json::write(&arguments.json, &report)?;
    }
    if let Some(toast) = &arguments.toast {
        let sandbox = Sandbox::open(toast.clone(), arguments.seed).await?;
        let progress = |control: &checker_controls::Control| drop(print(&format!("self-test {control}")));
        report.checker_controls = checker_controls::run(&sandbox, "", progress).await?;
        report.connection_cuts =
            connection_cuts::run(&sandbox, |cut| drop(print(&format!("connection-cuts {cut}")))).await?;
        json::write(&arguments.json, &report)?;
    }
    print(&report.summary())?;
    Ok(report.violations() == 0)
}

async fn check_security(arguments: &SecurityArgs) -> Result<bool, Error> {
    let findings = security_findings(arguments.folder.clone(), PathBuf::new(), arguments.only.clone()).await?;
    if let Some(path) = &arguments.json {
        json::write(path, &findings)?;
    }
    print(&checks::summary(&findings))?;
    Ok(!findings.is_empty() && !findings.iter().any(Finding::failed))
}

async fn security_findings(folder: PathBuf, bundle: PathBuf, only: String) -> Result<Vec<Finding>, Error> {
    let running = tokio::task::spawn_blocking(move || {
        security::run(folder, bundle, &only, &mut |finding| drop(print(&format!("  {finding}"))))
    });
    running.await.map_err(|error| Error::failed("the checks", error))?
}

fn write_report(arguments: &ReportArgs) -> Result<bool, Error> {
    let results = report::markdown(&json::read(&arguments.json)?)?;
    let Some(path) = &arguments.into else {
        print(&results)?;
        return Ok(true);
    };
    let page = fs::read_to_string(path).unwrap_or_else(|_| "# Reliability\n".to_owned());
    fs::write(path, report::into_page(&page, &results)).map_err(Error::io(path.display()))?;
    Ok(true)
}
