//! Browser metrics: bytes before the first tap, and the time until a tap on "Add" takes effect.

use crate::{
    baseline_axum,
    failure::{Failure, written},
    measurement::{Baseline, Measurement, Target},
    pages::PAGE,
    server::{Server, Setup},
    settings::{Bench, root},
};
use serde::Deserialize;

/// Brotli bytes of HTML, CSS and scripts before the first tap.
const MOST_BEFORE_A_TAP: f64 = 40_000.0;
/// Brotli bytes of the guests' WebAssembly.
const MOST_OF_WASM: f64 = 75_000.0;

/// The report of the browser script.
#[derive(Debug, Deserialize)]
struct Samples {
    /// Requests of the page before any interaction.
    loaded: Vec<Loaded>,
    /// The URL of the WebAssembly in the page.
    wasm: Option<String>,
    islands: Vec<Visit>,
    forms: Vec<Visit>,
}

#[derive(Debug, Deserialize)]
struct Loaded {
    url: String,
    kind: String,
}

/// A first visit that ends with one item in the cart.
#[derive(Debug, Deserialize)]
struct Visit {
    painted: f64,
    added: f64,
    lost: f64,
}

pub async fn measure(bench: &Bench, database: &str) -> Result<Vec<Measurement>, Failure> {
    let site = &bench.settings.site;
    let server =
        bench.toast(Setup { name: "browser", database, site, page_cache: None, pinned: false, variables: &[] }).await?;
    let samples = watch(bench, &server).await?;
    let before =
        weigh(bench, &server, samples.loaded.iter().filter(|file| is_needed(file)).map(|file| &*file.url)).await?;
    let wasm = samples.wasm.as_deref().ok_or_else(|| Failure::untrue("the page names no WebAssembly"))?;
    let wasm = weigh(bench, &server, std::iter::once(wasm)).await?;
    server.kill().await?;

    let each = |visits: &[Visit], what: fn(&Visit) -> f64| visits.iter().map(what).collect::<Vec<_>>();
    let baseline_of = |what| Some(Baseline::measured("the same page, scripts off", each(&samples.forms, what)));
    let light = |name, bytes, most| {
        Measurement::new(name, "B", vec![bytes], Some(Baseline::target(most)), Some(Target::ValueAtMost(most)))
    };
    Ok(vec![
        light("HTML, CSS and scripts before the first tap", before, MOST_BEFORE_A_TAP),
        light("WebAssembly of the customer pages", wasm, MOST_OF_WASM),
        Measurement::new(
            "first paint, slow 4G, CPU 4x slower",
            "ms",
            each(&samples.islands, |v| v.painted),
            baseline_of(|v| v.painted),
            None,
        ),
        Measurement::new(
            "a click on Add changes the cart",
            "ms",
            each(&samples.islands, |v| v.added),
            baseline_of(|v| v.added),
            None,
        ),
        Measurement::new(
            "clicks on Add that were lost",
            "clicks",
            each(&samples.islands, |v| v.lost),
            None,
            Some(Target::ValueAtMost(0.0)),
        ),
        Measurement::new(
            "clicks on Add lost, scripts off",
            "clicks",
            each(&samples.forms, |v| v.lost),
            None,
            Some(Target::ValueAtMost(0.0)),
        ),
    ])
}

/// Pictures load after the text, and API requests are no part of the page.
fn is_needed(file: &Loaded) -> bool {
    ["document", "stylesheet", "script"].contains(&file.kind.as_str())
}

async fn watch(bench: &Bench, server: &Server) -> Result<Samples, Failure> {
    let script = root().join("end2end/bench/add.mjs");
    let mut node = tokio::process::Command::new("node");
    node.arg(&script).arg(server.url(PAGE)).arg(bench.settings.rounds.to_string()).kill_on_drop(true);
    let output = node.output().await.map_err(Failure::system("node"))?;
    Ok(serde_json::from_str(&written("end2end/bench/add.mjs", &output)?)?)
}

/// Bytes as the server sends them to a browser.
async fn weigh(bench: &Bench, server: &Server, files: impl Iterator<Item = &str>) -> Result<f64, Failure> {
    let mut sum = 0.0;
    for file in files {
        let url = if file.starts_with('/') { server.url(file) } else { file.to_owned() };
        let answer = baseline_axum::receive(&bench.http, &url, "br").await?;
        if answer.header("content-encoding") != Some("br") {
            return Err(Failure::untrue(format!("{file} is not sent as brotli")));
        }
        #[expect(clippy::cast_precision_loss, reason = "a page has fewer bytes")]
        let bytes = answer.body.len() as f64;
        sum += bytes;
    }
    Ok(sum)
}
