//! `make bench`: measurements of Toast, each with a baseline in the same rounds.

mod accounts;
mod baseline_axum;
mod browser;
mod cpu_affinity;
mod database;
mod failure;
// The mail server of the HTTP tests, which panics where a test would fail.
#[path = "../../tests/api/inbox.rs"]
#[allow(clippy::unwrap_used, clippy::panic, dead_code, reason = "shared with the tests")]
mod inbox;
mod latency;
mod load;
mod measurement;
mod order_fixture;
mod orders;
mod owner;
mod pages;
mod pgbench;
mod report;
mod server;
mod settings;
mod start;

use clap::Parser;
use cpu_affinity::CpuAffinity;
use database::Database;
use failure::Failure;
use measurement::Measurement;
use settings::{Bench, Command, Part, Settings};
use std::{
    fs,
    io::{Write, stderr, stdout},
    process::ExitCode,
};
use tokio::signal::unix::{SignalKind, signal};

// The allocator of the server, so that it does not favour either side.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let settings = Settings::parse();
    match run(settings) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            drop(writeln!(stderr(), "bench: {failure}"));
            ExitCode::FAILURE
        }
    }
}

fn run(settings: Settings) -> Result<(), Failure> {
    let threads = match &settings.command {
        Some(Command::Bare(wanted)) => wanted.threads,
        None => 2,
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(threads).enable_all().build();
    let runtime = runtime.map_err(Failure::system("runtime"))?;
    runtime.block_on(async {
        match &settings.command {
            Some(Command::Bare(wanted)) => baseline_axum::serve(wanted).await,
            // Dropping the servers kills them.
            None => tokio::select! {
                done = measure(settings) => done,
                () = stop_signal() => Err(Failure::Stopped),
            },
        }
    })
}

async fn stop_signal() {
    match signal(SignalKind::terminate()) {
        Ok(mut terminated) => {
            tokio::select! {
                _ = terminated.recv() => {}
                _ = tokio::signal::ctrl_c() => {}
            }
        }
        Err(_) => std::future::pending().await,
    }
}

async fn measure(settings: Settings) -> Result<(), Failure> {
    fs::create_dir_all(settings::scratch()).map_err(Failure::system("target/bench"))?;
    let bench = Bench { cpu_affinity: CpuAffinity::shared_out(), http: reqwest::Client::new(), settings };
    let url = bench.settings.database_url.clone();
    let url = url.ok_or_else(|| Failure::untrue("TOAST_BENCH_DATABASE_URL is not set; run make bench"))?;
    let cluster = bench.settings.cluster_url.clone();

    print_line("filling the database");
    let (database, restaurants) = Database::prepare(&bench, &url, orders::RESTAURANTS).await?;
    database.run(&bench, &["seed"]).await?;
    let about = about(&bench, &database.version().await?, cluster.is_some());

    let mut measurements = Vec::new();
    if bench.settings.wants(Part::Pages) {
        take(&mut measurements, "menu pages", pages::measure(&bench, &url).await?);
    }
    if bench.settings.wants(Part::Start) {
        take(&mut measurements, "start and memory", start::measure(&bench, &url).await?);
    }
    if bench.settings.wants(Part::Browser) {
        take(&mut measurements, "the browser", browser::measure(&bench, &url).await?);
    }
    if bench.settings.wants(Part::Accounts) {
        take(&mut measurements, "accounts", accounts::measure(&bench, &database).await?);
    }
    if bench.settings.wants(Part::Orders) {
        let stocked = (database, restaurants);
        take(&mut measurements, "orders", orders::measure(&bench, stocked, cluster.as_deref()).await?);
    }
    drop(writeln!(stdout(), "\n{about}\n"));
    report::print(&measurements, &mut stdout());
    if bench.settings.only.is_empty() {
        report::write_json(&measurements)?;
        report::update_document(&measurements, &about)?;
        print_line("\nwritten to docs/BENCHMARKS.md and target/bench.json");
    }
    Ok(())
}

fn take(all: &mut Vec<Measurement>, what: &str, measurements: Vec<Measurement>) {
    print_line(&format!("measured: {what}"));
    all.extend(measurements);
}

fn about(bench: &Bench, database: &str, cluster: bool) -> String {
    let Settings { rounds, seconds, clients, .. } = &bench.settings;
    let date = jiff::Timestamp::now().strftime("%Y-%m-%d");
    let citus =
        if cluster { " and a Citus cluster of four nodes on the same host" } else { "; Citus was not installed" };
    let busy = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let busy = busy.split(' ').next().unwrap_or("unknown");
    format!(
        "Toast {}, {date}. {} processors, {database}{citus}; {clients} clients, {rounds} rounds of {seconds} s for each side. \
         Values are medians. Load average before the run: {busy}.",
        env!("CARGO_PKG_VERSION"),
        bench.cpu_affinity.all,
    )
}

fn print_line(text: &str) {
    drop(writeln!(stdout(), "{text}"));
}
