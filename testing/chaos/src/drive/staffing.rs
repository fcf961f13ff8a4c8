//! Staff at their boards: signing in, and moving orders on with a key for each decision.

use super::{Account, Errand, browser::Browser, ordering::is_open, writing_outcome};
use crate::{
    drive::browser::{Answer, Request},
    history::{Decision, Done, Op, Outcome},
    menu::Terms,
};
use rand::{Rng, seq::IndexedRandom};
use serde_json::Value;
use std::sync::PoisonError;
use uuid::Uuid;

/// The password of every demo account.
const PASSWORD: &str = "toast-demo";
/// Tickets that are moved at one look at the board.
const AT_ONCE: usize = 3;
/// With more open tickets a kitchen is too busy for new ones, as a real one would be: boards that only grow would make every
/// fault heavier than the one before it.
const FULL: usize = 12;

/// A restaurant's screen.
pub(super) struct Desk {
    browser: Browser,
    session: tokio::sync::Mutex<()>,
    cookie: std::sync::Mutex<Option<String>>,
}

/// A ticket that can be moved.
struct Ticket {
    order: Uuid,
    version: i64,
    status: String,
    mode: String,
}

impl Ticket {
    fn is_new(&self) -> bool {
        self.status == "placed"
    }
}

impl Desk {
    pub(super) fn new(browser: Browser) -> Self {
        Self { browser, session: tokio::sync::Mutex::default(), cookie: std::sync::Mutex::default() }
    }

    fn cookie(&self) -> Option<String> {
        self.cookie.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn keep(&self, cookie: Option<String>) {
        *self.cookie.lock().unwrap_or_else(PoisonError::into_inner) = cookie;
    }
}

impl Errand<'_> {
    pub(super) async fn work(&mut self) {
        let Some(terms) = self.restaurant() else { return };
        let at = self.crowd.terms.iter().position(|one| one.slug == terms.slug);
        let Some(desk) = at.and_then(|at| self.crowd.desks.get(at)) else { return };
        let Some(cookie) = self.signed_in(desk, terms).await else { return };
        let board = Request::get(format!("/dashboard/{}/orders/snapshot", terms.slug)).with("cookie", &cookie);
        let Some(board) = self.ask(Op::Board, &terms.slug, &desk.browser, &board).await else { return };
        if board.status == 401 {
            desk.keep(None);
            return;
        }
        let mut tickets = tickets(&board);
        let is_full = tickets.len() > FULL;
        if is_full && tickets.iter().any(Ticket::is_new) {
            tickets.retain(Ticket::is_new);
        }
        for _ in 0..AT_ONCE {
            if tickets.is_empty() {
                return;
            }
            let ticket = tickets.swap_remove(self.random.random_range(0..tickets.len()));
            let Some(verb) = self.verb(&ticket, is_full) else { continue };
            self.move_on(desk, terms, &cookie, &ticket, verb).await;
        }
    }

    /// Signing in costs the server a password hash: one at a time does for a restaurant.
    async fn signed_in(&self, desk: &Desk, terms: &Terms) -> Option<String> {
        let _turn = desk.session.lock().await;
        if let Some(cookie) = desk.cookie() {
            return Some(cookie);
        }
        let fields = [
            ("email".to_owned(), format!("{}@toast.example", terms.slug)),
            ("password".to_owned(), PASSWORD.to_owned()),
        ];
        let answer = self.ask(Op::SignIn, &terms.slug, &desk.browser, &Request::form("/sign-in", &fields)).await?;
        desk.keep(answer.cookie("toast_session"));
        desk.cookie()
    }

    async fn move_on(&mut self, desk: &Desk, terms: &Terms, cookie: &str, ticket: &Ticket, verb: &str) {
        let key = self.key();
        let decision = Decision { order: ticket.order, verb: verb.to_owned(), version: ticket.version };
        let field = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let mut fields = vec![
            field("order", &ticket.order.to_string()),
            field("verb", verb),
            field("version", &ticket.version.to_string()),
            field("key", &key),
        ];
        match verb {
            "accept" => fields.push(field("minutes", "15")),
            "reject" => fields.push(field("reason", "too_busy")),
            _ => {}
        }
        let path = format!("/dashboard/{}/orders", terms.slug);
        for attempt in 1.. {
            let mut account = Account::of(Op::Move, attempt, &terms.slug);
            account.key = Some(key.clone());
            account.decision = Some(decision.clone());
            let request = Request::form(&path, &fields).with("cookie", cookie).with("accept", "application/json");
            let exchange = desk.browser.send(&request).await;
            let outcome = writing_outcome(&exchange, moved);
            let open = is_open(&outcome);
            if matches!(outcome, Outcome::Refused { status: 401, .. }) {
                desk.keep(None);
            }
            self.tell(account, &exchange, outcome);
            if !open || !self.may_retry(&exchange).await {
                return;
            }
        }
    }

    fn verb(&mut self, ticket: &Ticket, is_full: bool) -> Option<&'static str> {
        match (ticket.status.as_str(), ticket.mode.as_str()) {
            ("placed", _) if is_full => Some("reject"),
            ("placed", _) => ["accept", "accept", "accept", "accept", "reject"].choose(&mut self.random).copied(),
            ("accepted", _) => Some("start"),
            ("in_preparation", _) => Some("finish"),
            ("ready", "delivery") => Some("send_out"),
            ("ready" | "out_for_delivery", _) => Some("hand_over"),
            _ => None,
        }
    }
}

/// The tickets that are not over.
fn tickets(board: &Answer) -> Vec<Ticket> {
    let board = board.json();
    let tickets = board.get("tickets").and_then(Value::as_array).cloned().unwrap_or_default();
    let open = ["placed", "accepted", "in_preparation", "ready", "out_for_delivery"];
    let read = |ticket: &Value| {
        let text = |name: &str| Some(ticket.get(name)?.as_str()?.to_owned());
        let ticket = Ticket {
            order: text("id")?.parse().ok()?,
            version: ticket.get("version")?.as_i64()?,
            status: text("status")?,
            mode: text("mode")?,
        };
        open.contains(&ticket.status.as_str()).then_some(ticket)
    };
    tickets.iter().filter_map(read).collect()
}

/// What the acknowledgement of a move says.
fn moved(answer: &Answer) -> Option<Done> {
    let ticket = answer.json();
    let order = ticket.get("id")?.as_str()?.parse().ok()?;
    let version = ticket.get("version")?.as_i64()?;
    Some(Done { status: answer.status, order: Some(order), version: Some(version), ..Done::default() })
}
