//! Menu pages a second, from the cache and rendered anew, beside a server that only sends the same bytes.

use crate::{
    bare::{self, Answer},
    failure::Failure,
    figure::{Aim, Figure, Neighbour},
    server::{Server, Setup},
    settings::Bench,
};

/// The page that is measured: a large menu of the demo.
pub const PAGE: &str = "/restaurants/luigis-hearth";

/// A server of Toast's, and the one beside it with an answer of its.
struct Duel {
    encoding: &'static str,
    bare: Server,
    toasts: Vec<f64>,
    bares: Vec<f64>,
}

/// Measures all of it.
pub async fn measure(bench: &Bench, database: &str) -> Result<Vec<Figure>, Failure> {
    let site = &bench.settings.site;
    let setup = Setup { name: "pages-cached", database, site, page_cache: None, pinned: true };
    let cached = bench.context(setup).await?;
    let setup = Setup { name: "pages-uncached", database, site, page_cache: Some(0), pinned: true };
    let uncached = bench.context(setup).await?;

    let mut packed = Duel::prepare(bench, &cached, "br").await?;
    let mut plain = Duel::prepare(bench, &cached, "identity").await?;
    let mut rendered = Duel::prepare(bench, &uncached, "identity").await?;
    let (mut busy, mut busy_bare) = (Vec::new(), Vec::new());
    for _ in 0..bench.settings.rounds {
        let (memory, memory_of_bare) = packed.round(bench, &cached).await?;
        busy.push(memory / 1e6);
        busy_bare.push(memory_of_bare / 1e6);
        plain.round(bench, &cached).await?;
        rendered.round(bench, &uncached).await?;
    }
    let figures = vec![
        packed.end("menu page, cached, brotli", Some(Aim::RatioAtLeast(0.85))).await?,
        plain.end("menu page, cached, identity", Some(Aim::RatioAtLeast(0.85))).await?,
        rendered.end("menu page, rendered anew", Some(Aim::RatioAtLeast(0.25))).await?,
        Figure::new("memory, busy with pages", "MB", busy, Some(Neighbour::measured("bare axum", busy_bare)), None),
    ];
    cached.kill().await?;
    uncached.kill().await?;
    Ok(figures)
}

impl Duel {
    /// The neighbour gets the second answer: the first one may have been rendered for it.
    async fn prepare(bench: &Bench, context: &Server, encoding: &'static str) -> Result<Self, Failure> {
        let url = context.url(PAGE);
        bare::receive(&bench.http, &url, encoding).await?;
        let answer = bare::receive(&bench.http, &url, encoding).await?;
        ensure_encoded(&answer, encoding)?;
        let bare = bench.bare(&format!("pages-bare-{}", context.addr.port()), &answer).await?;
        Ok(Self { encoding, bare, toasts: Vec::new(), bares: Vec::new() })
    }

    /// One turn each; answers the most memory that each had.
    async fn round(&mut self, bench: &Bench, context: &Server) -> Result<(f64, f64), Failure> {
        let ours = context.memory_during(bench.pages_a_second(context, PAGE, self.encoding)).await?;
        let theirs = self.bare.memory_during(bench.pages_a_second(&self.bare, PAGE, self.encoding)).await?;
        self.toasts.push(ours.0?);
        self.bares.push(theirs.0?);
        Ok((ours.1, theirs.1))
    }

    async fn end(self, name: &'static str, aim: Option<Aim>) -> Result<Figure, Failure> {
        self.bare.kill().await?;
        let beside = Neighbour::measured("bare axum, same bytes", self.bares);
        Ok(Figure::new(name, "pages/s", self.toasts, Some(beside), aim))
    }
}

fn ensure_encoded(answer: &Answer, encoding: &str) -> Result<(), Failure> {
    let sent = answer.header("content-encoding").unwrap_or("identity");
    if sent == encoding && !answer.body.is_empty() {
        return Ok(());
    }
    Err(Failure::untrue(format!("asked for {encoding}, got {sent} and {} bytes", answer.body.len())))
}
