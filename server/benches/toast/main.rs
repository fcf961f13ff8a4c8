//! `make bench`: figures of Toast, each beside a neighbour's in the same rounds of the same run.

mod bare;
mod basket;
mod browser;
mod database;
mod failure;
mod figure;
mod load;
mod orders;
mod pages;
mod pgbench;
mod processors;
mod report;
mod server;
mod settings;
mod start;

use clap::Parser;
use database::Database;
use failure::Failure;
use figure::Figure;
use processors::Processors;
use settings::{Bench, Command, Part, Settings};
use std::{
    fs,
    io::{Write, stderr, stdout},
    process::ExitCode,
};
use tokio::signal::unix::{SignalKind, signal};

// The allocator of the server, so that the neighbour is not slower for another reason than the one that is measured.
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
            Some(Command::Bare(wanted)) => bare::serve(wanted).await,
            // Whoever is told to stop drops the servers it holds, and so ends them.
            None => tokio::select! {
                done = measure(settings) => done,
                () = told_to_stop() => Err(Failure::Stopped),
            },
        }
    })
}

async fn told_to_stop() {
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
    let bench = Bench { processors: Processors::shared_out(), http: reqwest::Client::new(), settings };
    let url = bench.settings.database_url.clone();
    let url = url.ok_or_else(|| Failure::untrue("TOAST_BENCH_DATABASE_URL is not set; run make bench"))?;
    let cluster = bench.settings.cluster_url.clone();

    say("filling the database");
    let (database, restaurants) = Database::prepare(&bench, &url, orders::RESTAURANTS).await?;
    database.run(&bench, &["seed"]).await?;
    let about = about(&bench, &database.version().await?, cluster.is_some());

    let mut figures = Vec::new();
    if bench.settings.wants(Part::Pages) {
        take(&mut figures, "menu pages", pages::measure(&bench, &url).await?);
    }
    if bench.settings.wants(Part::Start) {
        take(&mut figures, "start and memory", start::measure(&bench, &url).await?);
    }
    if bench.settings.wants(Part::Browser) {
        take(&mut figures, "the browser", browser::measure(&bench, &url).await?);
    }
    if bench.settings.wants(Part::Orders) {
        let stocked = (database, restaurants);
        take(&mut figures, "orders", orders::measure(&bench, stocked, cluster.as_deref()).await?);
    }
    drop(writeln!(stdout(), "\n{about}\n"));
    report::print(&figures, &mut stdout());
    if bench.settings.only.is_empty() {
        report::keep_for_machines(&figures)?;
        report::keep_for_people(&figures, &about)?;
        say("\nwritten to docs/BENCHMARKS.md and target/bench.json");
    }
    Ok(())
}

fn take(all: &mut Vec<Figure>, what: &str, figures: Vec<Figure>) {
    say(&format!("measured: {what}"));
    all.extend(figures);
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
        bench.processors.all,
    )
}

fn say(text: &str) {
    drop(writeln!(stdout(), "{text}"));
}
