//! Start and memory: from the start of the process to its first "ready", and what it holds while nobody asks.

use crate::{
    bare::{self, Answer},
    failure::Failure,
    figure::{Figure, Neighbour},
    pages::PAGE,
    server::{Server, Setup},
    settings::Bench,
};
use std::time::Duration;
use tokio::time::sleep;

/// After so long a server that was just started is idle.
const SETTLED: Duration = Duration::from_secs(1);

/// Measures both servers.
pub async fn measure(bench: &Bench, database: &str) -> Result<Vec<Figure>, Failure> {
    let answer = page_to_repeat(bench, database).await?;
    let (mut context, mut neighbour) = (Seen::default(), Seen::default());
    for _ in 0..bench.settings.rounds {
        context.see(start(bench, database).await?).await?;
        neighbour.see(bench.bare("start-bare", &answer).await?).await?;
    }
    let beside = |rounds| Some(Neighbour::measured("bare axum", rounds));
    Ok(vec![
        Figure::new("start to ready", "ms", context.milliseconds, beside(neighbour.milliseconds), None),
        Figure::new("memory, idle", "MB", context.megabytes, beside(neighbour.megabytes), None),
    ])
}

#[derive(Default)]
struct Seen {
    milliseconds: Vec<f64>,
    megabytes: Vec<f64>,
}

impl Seen {
    async fn see(&mut self, server: Server) -> Result<(), Failure> {
        sleep(SETTLED).await;
        self.milliseconds.push(server.started_in.as_secs_f64() * 1000.0);
        self.megabytes.push(server.memory()? / 1e6);
        server.kill().await
    }
}

async fn start(bench: &Bench, database: &str) -> Result<Server, Failure> {
    let setup = Setup { name: "start-toast", database, site: &bench.settings.site, page_cache: None, pinned: true };
    bench.context(setup).await
}

async fn page_to_repeat(bench: &Bench, database: &str) -> Result<Answer, Failure> {
    let server = start(bench, database).await?;
    let answer = bare::receive(&bench.http, &server.url(PAGE), "br").await?;
    server.kill().await?;
    Ok(answer)
}
