//! Guests and staff from the internet: an open loop of requests that come when they are due, however slow the answers.

pub mod browser;
mod browsing;
pub mod names;
mod ordering;
mod staffing;

use crate::{
    failure::Failure,
    history::{Decision, Done, Entry, Op, Outcome, Record, Recorder, Run, SeenMenu},
    menu::{Basket, Menu, Terms},
    moment::Moment,
    schedule::{self, Arrival},
};
use browser::{Browser, Exchange, Place, Request, Silence};
use rand::{Rng, SeedableRng, rngs::StdRng};
use std::{
    net::Ipv4Addr,
    path::Path,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};
use tokio::{sync::mpsc, time::sleep};

/// How to drive.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Everything follows from it.
    pub seed: u64,
    /// Wishes a second.
    pub rate: f64,
    /// For how long wishes come.
    pub seconds: u64,
    /// Guests, each with a browser.
    pub guests: usize,
    /// Addresses they connect from; any when empty.
    pub sources: Vec<Ipv4Addr>,
    /// Most wishes under way; more are counted and dropped.
    pub at_most: usize,
    /// How long an order or a move is tried again.
    pub patience: Duration,
    /// A mistake on purpose: a retry gets a key of its own.
    pub new_key_on_retry: bool,
    /// Only orders through the API.
    pub orders_only: bool,
    /// Seen and steered from outside while it lasts.
    pub reins: Arc<Reins>,
}

/// How far a drive is, and whether it shall go on.
#[derive(Debug, Default)]
pub struct Reins {
    acknowledged: AtomicUsize,
    enough: AtomicBool,
}

impl Reins {
    /// No more wishes, although their time is not over.
    pub fn stop(&self) {
        self.enough.store(true, Ordering::Relaxed);
    }

    /// Orders that were acknowledged so far.
    pub fn acknowledged(&self) -> usize {
        self.acknowledged.load(Ordering::Relaxed)
    }

    /// Waits until so many orders were acknowledged; whether they were before time was up.
    pub async fn reach(&self, count: usize, patience: Duration) -> bool {
        let deadline = Moment::now().plus(patience);
        while self.acknowledged() < count {
            if Moment::now() > deadline {
                return false;
            }
            sleep(Duration::from_millis(50)).await;
        }
        true
    }
}

/// What all guests share.
pub struct Crowd {
    plan: Plan,
    run: Run,
    terms: Vec<Terms>,
    menus: Mutex<Vec<SeenMenu>>,
    browsers: Vec<Guest>,
    desks: Vec<staffing::Desk>,
    told: mpsc::UnboundedSender<Entry>,
    under_way: AtomicUsize,
}

/// A guest: a browser, and the cart in it.
struct Guest {
    browser: Browser,
    cart: Mutex<Option<String>>,
}

/// One wish on its way.
struct Errand<'a> {
    crowd: &'a Crowd,
    arrival: Arrival,
    scheduled: Moment,
    random: StdRng,
}

/// A request that is about to be written down.
struct Account {
    op: Op,
    attempt: u32,
    restaurant: String,
    key: Option<String>,
    basket: Option<Basket>,
    decision: Option<Decision>,
    begun: Moment,
}

/// What a drive came to.
#[derive(Debug, Clone, Copy, Default)]
pub struct Driven {
    /// Wishes that came due.
    pub wishes: u64,
    /// Wishes that were dropped.
    pub shed: u64,
}

/// Drives, and writes the history.
pub async fn drive(plan: Plan, place: Place, terms: Vec<Terms>, history: &Path) -> Result<Driven, Failure> {
    let mut recorder = Recorder::create(history)?;
    let arrivals = schedule::arrivals(plan.seed, plan.rate, Duration::from_secs(plan.seconds));
    let mark = format!("{:08x}", StdRng::from_os_rng().random::<u32>());
    let begun = Moment::now().plus(Duration::from_secs(1));
    let run = Run { mark, seed: plan.seed, begun, seconds: plan.seconds };
    recorder.write(&Entry::Run(run.clone()))?;
    let (told, mut tales) = mpsc::unbounded_channel();
    let crowd = Arc::new(Crowd::gather(plan, run, place, terms, told));
    crowd.read_menus().await?;
    let writing = tokio::spawn(async move {
        let mut flush = tokio::time::interval(Duration::from_secs(1));
        loop {
            tokio::select! {
                entry = tales.recv() => match entry {
                    Some(entry) => recorder.write(&entry)?,
                    None => return recorder.flush(),
                },
                _ = flush.tick() => recorder.flush()?,
            }
        }
    });
    let driven = crowd.come(&arrivals).await;
    // What the last orders may have been priced by; a server that does not answer any more is no failure of the drive.
    let _ = crowd.read_menus().await;
    // A version that came while guests were there was shown to some of them. Who cannot read it now says so in the check.
    drop(crowd.read_menus().await);
    drop(crowd);
    writing.await.map_err(|error| Failure::wrong("the writer of the history", error))??;
    Ok(driven)
}

impl Crowd {
    fn gather(plan: Plan, run: Run, place: Place, terms: Vec<Terms>, told: mpsc::UnboundedSender<Entry>) -> Self {
        let place = Arc::new(place);
        let source = |at: usize| plan.sources.get(at % plan.sources.len().max(1)).copied();
        let guest = |at| Guest { browser: Browser::new(place.clone(), source(at)), cart: Mutex::default() };
        let desk = |at| staffing::Desk::new(Browser::new(place.clone(), source(at + plan.guests)));
        Self {
            browsers: (0..plan.guests.max(1)).map(guest).collect(),
            desks: (0..terms.len()).map(desk).collect(),
            plan,
            run,
            terms,
            menus: Mutex::default(),
            told,
            under_way: AtomicUsize::new(0),
        }
    }

    /// Everybody has looked at the menus once before the first wish is due.
    async fn read_menus(&self) -> Result<(), Failure> {
        let guest = self.browsers.first().ok_or_else(|| Failure::wrong("guests", "there are none"))?;
        for terms in &self.terms {
            let path = format!("/api/v1/restaurants/{}/menu", terms.slug);
            let mut last = String::new();
            for _ in 0..20 {
                match guest.browser.send(&Request::get(&path)).await.outcome {
                    Ok(answer) if answer.status == 200 => {
                        let menu = serde_json::from_str(&answer.body);
                        let menu: Menu = menu.map_err(|error| Failure::wrong(&path, error))?;
                        self.remember(&terms.slug, menu);
                        last.clear();
                        break;
                    }
                    Ok(answer) => last = format!("{}: {}", answer.status, answer.body),
                    Err(silence) => last = format!("{silence:?}"),
                }
                sleep(Duration::from_millis(500)).await;
            }
            if !last.is_empty() {
                return Err(Failure::wrong(&path, last));
            }
        }
        Ok(())
    }

    /// Keeps the newest menu of a restaurant, and writes down every version that was seen.
    fn remember(&self, slug: &str, menu: Menu) {
        let mut menus = self.menus.lock().unwrap_or_else(PoisonError::into_inner);
        let known = menus.iter().any(|seen| seen.slug == slug && seen.menu == menu);
        if known {
            return;
        }
        menus.retain(|seen| seen.slug != slug);
        let seen = SeenMenu { slug: slug.to_owned(), menu };
        menus.push(seen.clone());
        drop(menus);
        self.tell(Entry::Menu(Box::new(seen)));
    }

    fn menu_of(&self, slug: &str) -> Option<Menu> {
        let menus = self.menus.lock().unwrap_or_else(PoisonError::into_inner);
        menus.iter().find(|seen| seen.slug == slug).map(|seen| seen.menu.clone())
    }

    async fn come(self: &Arc<Self>, arrivals: &[Arrival]) -> Driven {
        let mut driven = Driven::default();
        let mut errands = tokio::task::JoinSet::new();
        for arrival in arrivals {
            let scheduled = self.run.begun.plus(arrival.after);
            sleep(scheduled.since(Moment::now())).await;
            if self.plan.reins.enough.load(Ordering::Relaxed) {
                break;
            }
            driven.wishes += 1;
            while errands.try_join_next().is_some() {}
            if self.under_way.load(Ordering::Relaxed) >= self.plan.at_most {
                driven.shed += 1;
                self.tell_shed(*arrival, scheduled);
                continue;
            }
            self.under_way.fetch_add(1, Ordering::Relaxed);
            let (crowd, arrival) = (self.clone(), *arrival);
            errands.spawn(async move {
                Box::pin(crowd.run_errand(arrival, scheduled)).await;
                crowd.under_way.fetch_sub(1, Ordering::Relaxed);
            });
        }
        while errands.join_next().await.is_some() {}
        driven
    }

    async fn run_errand(&self, arrival: Arrival, scheduled: Moment) {
        let random = StdRng::seed_from_u64(arrival.seed);
        let op = if self.plan.orders_only { Op::Order } else { arrival.op };
        let mut errand = Errand { crowd: self, arrival, scheduled, random };
        match op {
            Op::Home => errand.visit_home().await,
            Op::Page => errand.visit_restaurant().await,
            Op::Menu => errand.read_menu().await,
            Op::Cart | Op::Checkout => errand.fill_cart().await,
            Op::Order => errand.order_by_api().await,
            Op::Form => errand.order_by_form().await,
            Op::Board | Op::Move | Op::SignIn => errand.work().await,
        }
    }

    fn tell(&self, entry: Entry) {
        // The writer only ends after everybody who tells.
        let _ = self.told.send(entry);
    }

    fn tell_shed(&self, arrival: Arrival, scheduled: Moment) {
        let account = Account::of(arrival.op, 1, "");
        let record = account.close(arrival.wish, scheduled, None, Outcome::Shed);
        self.tell(Entry::Op(Box::new(record)));
    }
}

impl Account {
    fn of(op: Op, attempt: u32, restaurant: &str) -> Self {
        Self {
            op,
            attempt,
            restaurant: restaurant.to_owned(),
            key: None,
            basket: None,
            decision: None,
            begun: Moment::now(),
        }
    }

    fn close(self, wish: u64, scheduled: Moment, exchange: Option<&Exchange>, result: Outcome) -> Record {
        let answer = exchange.and_then(|exchange| exchange.outcome.as_ref().ok());
        Record {
            op: self.op,
            wish,
            attempt: self.attempt,
            restaurant: self.restaurant,
            key: self.key,
            basket: self.basket,
            decision: self.decision,
            scheduled,
            begun: self.begun,
            ended: Moment::now(),
            address: exchange.and_then(|exchange| exchange.address).map(|address| address.to_string()),
            passed_over: exchange.map_or(0, |exchange| exchange.passed_over),
            node: answer.and_then(|answer| answer.header("x-toast-region")).map(str::to_owned),
            retry_after: answer.and_then(|answer| answer.header("retry-after")?.parse().ok()),
            result,
        }
    }
}

impl<'a> Errand<'a> {
    fn guest(&mut self) -> Option<&'a Guest> {
        let crowd = self.crowd;
        let at = self.random.random_range(0..crowd.browsers.len());
        crowd.browsers.get(at)
    }

    fn restaurant(&mut self) -> Option<&'a Terms> {
        let crowd = self.crowd;
        let count = crowd.terms.len();
        if count == 0 {
            return None;
        }
        crowd.terms.get(self.random.random_range(0..count))
    }

    /// Sends a request that only reads, or whose loss harms nobody.
    async fn ask(&self, op: Op, restaurant: &str, browser: &Browser, request: &Request) -> Option<browser::Answer> {
        let account = Account::of(op, 1, restaurant);
        let exchange = browser.send(request).await;
        let result = plain_outcome(&exchange);
        self.tell(account, &exchange, result);
        exchange.outcome.ok()
    }

    fn tell(&self, account: Account, exchange: &Exchange, result: Outcome) {
        let placed = account.op.places() && matches!(result, Outcome::Ok(_));
        let record = account.close(self.arrival.wish, self.scheduled, Some(exchange), result);
        self.crowd.plan.reins.acknowledged.fetch_add(usize::from(placed), Ordering::Relaxed);
        self.crowd.tell(Entry::Op(Box::new(record)));
    }

    /// Whether a retry still makes sense, after waiting as long as was asked for.
    async fn may_retry(&mut self, exchange: &Exchange) -> bool {
        if Moment::now().since(self.scheduled) > self.crowd.plan.patience {
            return false;
        }
        let asked = exchange.outcome.as_ref().ok().and_then(|answer| answer.header("retry-after")?.parse().ok());
        let asked = Duration::from_secs(asked.unwrap_or(0).min(3));
        let jitter = Duration::from_millis(self.random.random_range(200..500));
        sleep(asked.max(jitter)).await;
        true
    }
}

/// How a request ended that leaves nothing behind.
fn plain_outcome(exchange: &Exchange) -> Outcome {
    match &exchange.outcome {
        Ok(answer) if answer.status < 400 => Outcome::Ok(Done { status: answer.status, ..Done::default() }),
        Ok(answer) if answer.status < 500 => Outcome::Refused { status: answer.status, code: code_of(answer) },
        Ok(answer) => Outcome::Failed { status: Some(answer.status), why: code_of(answer) },
        Err(Silence::NotSent(why) | Silence::Sent(why)) => Outcome::Failed { status: None, why: why.clone() },
    }
}

/// How a request ended that may have left something behind; `done` reads what an acknowledgement says.
fn writing_outcome(exchange: &Exchange, done: impl Fn(&browser::Answer) -> Option<Done>) -> Outcome {
    match &exchange.outcome {
        Ok(answer) if answer.status < 400 => done(answer).map_or_else(
            || Outcome::Unknown { status: Some(answer.status), why: "an answer that says nothing".to_owned() },
            Outcome::Ok,
        ),
        // Somebody else holds the key or the row right now: whether that one got through is open.
        Ok(answer) if answer.status == 409 && code_of(answer) == "in_progress" => {
            Outcome::Unknown { status: Some(409), why: "in_progress".to_owned() }
        }
        Ok(answer) if answer.status < 500 => Outcome::Refused { status: answer.status, code: code_of(answer) },
        Ok(answer) => Outcome::Unknown { status: Some(answer.status), why: code_of(answer) },
        Err(Silence::NotSent(why)) => Outcome::Failed { status: None, why: why.clone() },
        Err(Silence::Sent(why)) => Outcome::Unknown { status: None, why: why.clone() },
    }
}

/// The problem's code, or what kind of answer it is instead.
fn code_of(answer: &browser::Answer) -> String {
    let body = answer.json();
    let code = body.get("code").and_then(serde_json::Value::as_str).map(str::to_owned);
    code.unwrap_or_else(|| answer.header("server").unwrap_or("no code").to_owned())
}
