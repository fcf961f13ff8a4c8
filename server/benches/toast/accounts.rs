//! Menu pages during sign-ins, pages of the settings against the board, and the time until a mail arrives.

use crate::{
    database::Database,
    failure::Failure,
    inbox::Inbox,
    latency,
    measurement::{Baseline, Measurement, Target},
    order_fixture::OrderFixture,
    owner,
    pages::PAGE,
    server::{Server, Setup},
    settings::Bench,
};
use app::forms::routes;
use reqwest::Client;
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

const SLUG: &str = "luigis-hearth";
/// Sign-ins at the same time.
const SIGN_INS: usize = 50;
/// Orders on the board.
const TICKETS: usize = 12;
/// Requests for each page in a round.
const REQUESTS: usize = 40;
/// Mails in a round.
const MAILS: usize = 20;
const SETTINGS: [&str; 8] = ["general", "hours", "service", "delivery", "charges", "tables", "tax", "privacy"];

pub async fn measure(bench: &Bench, database: &Database) -> Result<Vec<Measurement>, Failure> {
    let inbox = Inbox::open();
    let variables = [
        ("TOAST_SMTP_URL", format!("smtp://{}", inbox.addr())),
        ("TOAST_MAIL_FROM", "Toast <toast@toast.example>".to_owned()),
        ("TOAST_PUBLIC_URL", "http://toast.example".to_owned()),
        ("TOAST_TRUSTED_PROXIES", "127.0.0.1".to_owned()),
    ];
    let (url, site) = (&database.url, &bench.settings.site);
    let setup = Setup { name: "accounts", database: url, site, page_cache: None, pinned: false, variables: &variables };
    let server = bench.toast(setup).await?;
    let order = OrderFixture::fill(bench, &server, &database.opened(SLUG).await?).await?;
    for _ in 0..TICKETS {
        order.place(bench, &server).await?;
    }
    let staff = owner::browser()?;
    owner::sign_in(&staff, server.addr).await?;

    let (mut quiet, mut busy, mut refused) = (Vec::new(), Vec::new(), Vec::new());
    let (mut settings, mut boards, mut mails) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..usize::from(bench.settings.rounds) {
        let crowd = during_sign_ins(bench, &server).await?;
        quiet.push(crowd.alone);
        busy.push(crowd.during);
        refused.push(crowd.refused);
        let (slowest, board) = pages(&staff, &server).await?;
        settings.push(slowest);
        boards.push(board);
        mails.push(mail(&server, &inbox, round * MAILS).await?);
    }
    server.kill().await?;
    let measurement = |name, values, baseline, target| Measurement::new(name, "ms", values, baseline, Some(target));
    Ok(vec![
        measurement(
            "menu page during 50 sign-ins at once, p99",
            busy,
            Some(Baseline::measured("the same page, no sign-ins", quiet)),
            Target::RatioAtMost(1.5),
        ),
        Measurement::new("sign-ins of these told to come again", "sign-ins", refused, None, None),
        measurement(
            "slowest page of the settings",
            settings,
            Some(Baseline::measured("board with 12 orders", boards)),
            Target::RatioAtMost(1.2),
        ),
        measurement("registration until its mail arrives, p95", mails, None, Target::ValueAtMost(1_000.0)),
    ])
}

/// The menu page with and without sign-ins.
struct Crowd {
    /// The p99 without them.
    alone: f64,
    /// The p99 while a number of people sign in all the time.
    during: f64,
    /// Sign-ins that were refused.
    refused: f64,
}

async fn during_sign_ins(bench: &Bench, server: &Server) -> Result<Crowd, Failure> {
    let (page, time) = (server.url(PAGE), Duration::from_secs(bench.settings.seconds));
    let alone = latency::at_a_steady_rate(&bench.http, &page, time).await?;
    let stop = Instant::now() + time;
    let sign_ins = async {
        let mut people = JoinSet::new();
        for network in 0..SIGN_INS {
            let (http, addr) = (owner::browser()?, server.addr);
            people.spawn(async move { owner::sign_in_until(&http, addr, network, stop).await });
        }
        people.join_all().await.into_iter().collect::<Result<Vec<_>, Failure>>()
    };
    let (during, sign_ins) = tokio::join!(latency::at_a_steady_rate(&bench.http, &page, time), sign_ins);
    let refused: usize = sign_ins?.iter().map(|person| person.refused).sum();
    let [alone, during] = [alone, during?].map(|latencies| latency::percentile(&latencies, 99));
    #[expect(clippy::cast_precision_loss, reason = "there are fewer sign-ins")]
    let refused = refused as f64;
    Ok(Crowd { alone, during, refused })
}

/// Medians of the slowest page of the settings and of the board, one request at a time and in turns.
async fn pages(staff: &Client, server: &Server) -> Result<(f64, f64), Failure> {
    let (mut board, mut settings) = (Vec::new(), vec![Vec::new(); SETTINGS.len()]);
    for _ in 0..REQUESTS {
        board.push(latency::of(staff, &server.url(&routes::board(SLUG))).await?);
        for (page, latencies) in SETTINGS.iter().zip(&mut settings) {
            latencies.push(latency::of(staff, &server.url(&routes::settings(SLUG, page))).await?);
        }
    }
    let slowest = settings.iter().map(|latencies| latency::percentile(latencies, 50)).fold(0.0, f64::max);
    Ok((slowest, latency::percentile(&board, 50)))
}

/// The p95 of the time from a registration to its mail at the receiver, one after the other.
async fn mail(server: &Server, inbox: &Inbox, before: usize) -> Result<f64, Failure> {
    let http = owner::browser()?;
    let mut latencies = Vec::new();
    for number in before..before + MAILS {
        let sent = Instant::now();
        owner::register(&http, server.addr, number).await?;
        inbox.wait_for(number + 1).await;
        latencies.push(latency::milliseconds(sent.elapsed()));
    }
    Ok(latency::percentile(&latencies, 95))
}
