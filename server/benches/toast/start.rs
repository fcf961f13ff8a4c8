//! Start and memory: time from process start to readiness, and memory of an idle server.

use crate::{
    baseline_axum::{self, Answer},
    failure::Failure,
    measurement::{Baseline, Measurement},
    pages::PAGE,
    server::{Server, Setup},
    settings::Bench,
};
use std::time::Duration;
use tokio::time::sleep;

/// Time after which a new server is idle.
const SETTLED: Duration = Duration::from_secs(1);

pub async fn measure(bench: &Bench, database: &str) -> Result<Vec<Measurement>, Failure> {
    let answer = page_to_repeat(bench, database).await?;
    let (mut toast, mut baseline) = (Samples::default(), Samples::default());
    for _ in 0..bench.settings.rounds {
        toast.record(start(bench, database).await?).await?;
        baseline.record(bench.baseline_axum("start-bare", &answer).await?).await?;
    }
    let baseline_of = |rounds| Some(Baseline::measured("bare axum", rounds));
    Ok(vec![
        Measurement::new("start to ready", "ms", toast.milliseconds, baseline_of(baseline.milliseconds), None),
        Measurement::new("memory, idle", "MB", toast.megabytes, baseline_of(baseline.megabytes), None),
    ])
}

#[derive(Default)]
struct Samples {
    milliseconds: Vec<f64>,
    megabytes: Vec<f64>,
}

impl Samples {
    async fn record(&mut self, server: Server) -> Result<(), Failure> {
        sleep(SETTLED).await;
        self.milliseconds.push(server.started_in.as_secs_f64() * 1000.0);
        self.megabytes.push(server.memory()? / 1e6);
        server.kill().await
    }
}

async fn start(bench: &Bench, database: &str) -> Result<Server, Failure> {
    let setup = Setup {
        name: "start-toast",
        database,
        site: &bench.settings.site,
        page_cache: None,
        pinned: true,
        variables: &[],
    };
    bench.toast(setup).await
}

async fn page_to_repeat(bench: &Bench, database: &str) -> Result<Answer, Failure> {
    let server = start(bench, database).await?;
    let answer = baseline_axum::receive(&bench.http, &server.url(PAGE), "br").await?;
    server.kill().await?;
    Ok(answer)
}
