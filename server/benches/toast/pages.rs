//! Menu pages per second, cached and rendered, against a server that only sends the same bytes.

use crate::{
    baseline_axum::{self, Answer},
    failure::Failure,
    measurement::{Baseline, Measurement, Target},
    server::{Server, Setup},
    settings::Bench,
};

/// The page that is measured: a large menu of the demo.
pub const PAGE: &str = "/restaurants/luigis-hearth";

/// A server of Toast, and the baseline with a recorded response.
struct Comparison {
    encoding: &'static str,
    baseline_axum: Server,
    toasts: Vec<f64>,
    bares: Vec<f64>,
}

pub async fn measure(bench: &Bench, database: &str) -> Result<Vec<Measurement>, Failure> {
    let site = &bench.settings.site;
    let setup = Setup { name: "pages-cached", database, site, page_cache: None, pinned: true, variables: &[] };
    let cached = bench.toast(setup).await?;
    let setup = Setup { name: "pages-uncached", database, site, page_cache: Some(0), pinned: true, variables: &[] };
    let uncached = bench.toast(setup).await?;

    let mut packed = Comparison::prepare(bench, &cached, "br").await?;
    let mut plain = Comparison::prepare(bench, &cached, "identity").await?;
    let mut rendered = Comparison::prepare(bench, &uncached, "identity").await?;
    let (mut busy, mut busy_bare) = (Vec::new(), Vec::new());
    for _ in 0..bench.settings.rounds {
        let (memory, memory_of_bare) = packed.round(bench, &cached).await?;
        busy.push(memory / 1e6);
        busy_bare.push(memory_of_bare / 1e6);
        plain.round(bench, &cached).await?;
        rendered.round(bench, &uncached).await?;
    }
    let measurements = vec![
        packed.end("menu page, cached, brotli", Some(Target::RatioAtLeast(0.85))).await?,
        plain.end("menu page, cached, identity", Some(Target::RatioAtLeast(0.85))).await?,
        rendered.end("menu page, not cached", Some(Target::RatioAtLeast(0.25))).await?,
        Measurement::new("memory, busy with pages", "MB", busy, Some(Baseline::measured("bare axum", busy_bare)), None),
    ];
    cached.kill().await?;
    uncached.kill().await?;
    Ok(measurements)
}

impl Comparison {
    /// The baseline gets the second response: the first one may have been rendered for it.
    async fn prepare(bench: &Bench, toast: &Server, encoding: &'static str) -> Result<Self, Failure> {
        let url = toast.url(PAGE);
        baseline_axum::receive(&bench.http, &url, encoding).await?;
        let answer = baseline_axum::receive(&bench.http, &url, encoding).await?;
        ensure_encoded(&answer, encoding)?;
        let baseline_axum = bench.baseline_axum(&format!("pages-bare-{}", toast.addr.port()), &answer).await?;
        Ok(Self { encoding, baseline_axum, toasts: Vec::new(), bares: Vec::new() })
    }

    /// One round of each side; returns the peak memory of both.
    async fn round(&mut self, bench: &Bench, toast: &Server) -> Result<(f64, f64), Failure> {
        let ours = toast.memory_during(bench.pages_a_second(toast, PAGE, self.encoding)).await?;
        let theirs =
            self.baseline_axum.memory_during(bench.pages_a_second(&self.baseline_axum, PAGE, self.encoding)).await?;
        self.toasts.push(ours.0?);
        self.bares.push(theirs.0?);
        Ok((ours.1, theirs.1))
    }

    async fn end(self, name: &'static str, target: Option<Target>) -> Result<Measurement, Failure> {
        self.baseline_axum.kill().await?;
        let baseline_of = Baseline::measured("bare axum, same bytes", self.bares);
        Ok(Measurement::new(name, "pages/s", self.toasts, Some(baseline_of), target))
    }
}

fn ensure_encoded(answer: &Answer, encoding: &str) -> Result<(), Failure> {
    let sent = answer.header("content-encoding").unwrap_or("identity");
    if sent == encoding && !answer.body.is_empty() {
        return Ok(());
    }
    Err(Failure::untrue(format!("asked for {encoding}, got {sent} and {} bytes", answer.body.len())))
}
