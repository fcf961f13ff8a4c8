//! What a guest's browser takes: bytes before the first tap, and the time until a tap on "Add" counts.

use crate::{
    bare,
    failure::{Failure, written},
    figure::{Aim, Figure, Neighbour},
    pages::PAGE,
    server::{Server, Setup},
    settings::{Bench, root},
};
use serde::Deserialize;

/// Brotli bytes of HTML, CSS and scripts before the first tap.
const MOST_BEFORE_A_TAP: f64 = 40_000.0;
/// Brotli bytes of the customer's WebAssembly.
const MOST_OF_WASM: f64 = 100_000.0;

/// What the browser's script reports.
#[derive(Debug, Deserialize)]
struct Seen {
    /// What the page fetches while nobody touches it.
    loaded: Vec<Loaded>,
    /// Where the page says that its WebAssembly is.
    wasm: Option<String>,
    islands: Vec<Visit>,
    forms: Vec<Visit>,
}

#[derive(Debug, Deserialize)]
struct Loaded {
    url: String,
    kind: String,
}

/// A first visit that ends with one dish in the cart.
#[derive(Debug, Deserialize)]
struct Visit {
    painted: f64,
    added: f64,
    lost: f64,
}

/// Measures all of it.
pub async fn measure(bench: &Bench, database: &str) -> Result<Vec<Figure>, Failure> {
    let site = &bench.settings.site;
    let server = bench.context(Setup { name: "browser", database, site, page_cache: None, pinned: false }).await?;
    let seen = watch(bench, &server).await?;
    let before =
        weigh(bench, &server, seen.loaded.iter().filter(|file| is_needed(file)).map(|file| &*file.url)).await?;
    let wasm = seen.wasm.as_deref().ok_or_else(|| Failure::untrue("the page names no WebAssembly"))?;
    let wasm = weigh(bench, &server, std::iter::once(wasm)).await?;
    server.kill().await?;

    let each = |visits: &[Visit], what: fn(&Visit) -> f64| visits.iter().map(what).collect::<Vec<_>>();
    let beside = |what| Some(Neighbour::measured("the same page, scripts off", each(&seen.forms, what)));
    let light = |name, bytes, most| {
        Figure::new(name, "B", vec![bytes], Some(Neighbour::aim(most)), Some(Aim::ValueAtMost(most)))
    };
    Ok(vec![
        light("HTML, CSS and scripts before the first tap", before, MOST_BEFORE_A_TAP),
        light("WebAssembly of the customer pages", wasm, MOST_OF_WASM),
        Figure::new(
            "first paint, slow 4G, CPU 4x slower",
            "ms",
            each(&seen.islands, |v| v.painted),
            beside(|v| v.painted),
            None,
        ),
        Figure::new(
            "a click on Add changes the cart",
            "ms",
            each(&seen.islands, |v| v.added),
            beside(|v| v.added),
            None,
        ),
        Figure::new(
            "clicks on Add that were lost",
            "clicks",
            each(&seen.islands, |v| v.lost),
            None,
            Some(Aim::ValueAtMost(0.0)),
        ),
        Figure::new(
            "clicks on Add lost, scripts off",
            "clicks",
            each(&seen.forms, |v| v.lost),
            None,
            Some(Aim::ValueAtMost(0.0)),
        ),
    ])
}

/// Pictures come after the words, and what is asked of the API is no part of the page.
fn is_needed(file: &Loaded) -> bool {
    ["document", "stylesheet", "script"].contains(&file.kind.as_str())
}

async fn watch(bench: &Bench, server: &Server) -> Result<Seen, Failure> {
    let script = root().join("end2end/bench/add.mjs");
    let mut node = tokio::process::Command::new("node");
    node.arg(&script).arg(server.url(PAGE)).arg(bench.settings.rounds.to_string()).kill_on_drop(true);
    let output = node.output().await.map_err(Failure::system("node"))?;
    Ok(serde_json::from_str(&written("end2end/bench/add.mjs", &output)?)?)
}

/// Bytes as the server really sends them to a browser.
async fn weigh(bench: &Bench, server: &Server, files: impl Iterator<Item = &str>) -> Result<f64, Failure> {
    let mut sum = 0.0;
    for file in files {
        let url = if file.starts_with('/') { server.url(file) } else { file.to_owned() };
        let answer = bare::receive(&bench.http, &url, "br").await?;
        if answer.header("content-encoding") != Some("br") {
            return Err(Failure::untrue(format!("{file} is not sent as brotli")));
        }
        #[expect(clippy::cast_precision_loss, reason = "a page has fewer bytes")]
        let bytes = answer.body.len() as f64;
        sum += bytes;
    }
    Ok(sum)
}
