//! Staff sign in and move orders along on their boards, with an idempotency key for each transition.

use super::{
    browser::Browser,
    http::{HttpResponse, Request},
    operation::{Operation, PendingRecord, write_outcome},
};
use crate::{
    history::{Acknowledgement, Outcome, RequestKind, Transition},
    menu::Terms,
};
use rand::{Rng, seq::IndexedRandom};
use serde_json::Value;
use std::sync::PoisonError;
use uuid::Uuid;

/// Of every demo account.
const PASSWORD: &str = "toast-demo";
/// Transitions per view of the board.
const MAX_TRANSITIONS: usize = 3;
/// Share of the views of a board that begin with a new sign-in.
const NEW_SIGN_INS: f64 = 0.1;
/// Further orders are rejected, as a busy kitchen does. Otherwise boards would grow, and later faults would have more load.
const MAX_OPEN_TICKETS: usize = 12;

/// A restaurant's staff.
pub(super) struct StaffSession {
    browser: Browser,
    /// Held during a sign-in.
    signing_in: tokio::sync::Mutex<()>,
    cookie: std::sync::Mutex<Option<String>>,
}

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

impl StaffSession {
    pub(super) fn new(browser: Browser) -> Self {
        Self { browser, signing_in: tokio::sync::Mutex::default(), cookie: std::sync::Mutex::default() }
    }

    fn cookie(&self) -> Option<String> {
        self.cookie.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn set_cookie(&self, cookie: Option<String>) {
        *self.cookie.lock().unwrap_or_else(PoisonError::into_inner) = cookie;
    }
}

impl Operation<'_> {
    pub(super) async fn work_on_board(&mut self) {
        let Some(terms) = self.restaurant() else { return };
        let at = self.generator.terms.iter().position(|one| one.slug == terms.slug);
        let Some(staff) = at.and_then(|at| self.generator.staff.get(at)) else { return };
        if self.random.random_bool(NEW_SIGN_INS) {
            staff.set_cookie(None);
        }
        let Some(cookie) = self.sign_in(staff, terms).await else { return };
        let board = Request::get(format!("/dashboard/{}/orders/snapshot", terms.slug)).with("cookie", &cookie);
        let Some(board) = self.send(RequestKind::Board, &terms.slug, &staff.browser, &board).await else { return };
        if board.status == 401 {
            staff.set_cookie(None);
            return;
        }
        let mut tickets = open_tickets(&board);
        let is_full = tickets.len() > MAX_OPEN_TICKETS;
        if is_full && tickets.iter().any(Ticket::is_new) {
            tickets.retain(Ticket::is_new);
        }
        for _ in 0..MAX_TRANSITIONS {
            if tickets.is_empty() {
                return;
            }
            let ticket = tickets.swap_remove(self.random.random_range(0..tickets.len()));
            let Some(verb) = self.verb(&ticket, is_full) else { continue };
            self.change_status(staff, terms, &cookie, &ticket, verb).await;
        }
    }

    /// Returns the session's cookie. One sign-in at a time, as each costs the server a password hash.
    async fn sign_in(&self, staff: &StaffSession, terms: &Terms) -> Option<String> {
        let _lock = staff.signing_in.lock().await;
        if let Some(cookie) = staff.cookie() {
            return Some(cookie);
        }
        let fields = [
            ("email".to_owned(), format!("{}@toast.example", terms.slug)),
            ("password".to_owned(), PASSWORD.to_owned()),
        ];
        let request = Request::form("/sign-in", &fields);
        let response = self.send(RequestKind::SignIn, &terms.slug, &staff.browser, &request).await?;
        staff.set_cookie(response.cookie("toast_session"));
        staff.cookie()
    }

    async fn change_status(&mut self, staff: &StaffSession, terms: &Terms, cookie: &str, ticket: &Ticket, verb: &str) {
        let key = self.key();
        let transition = Transition { order: ticket.order, verb: verb.to_owned(), version: ticket.version };
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
            let mut pending = PendingRecord::new(RequestKind::Transition, attempt, &terms.slug);
            pending.key = Some(key.clone());
            pending.transition = Some(transition.clone());
            let request = Request::form(&path, &fields).with("cookie", cookie).with("accept", "application/json");
            let exchange = staff.browser.send(&request).await;
            let outcome = write_outcome(&exchange, changed);
            if matches!(outcome, Outcome::Rejected { status: 401, .. }) {
                staff.set_cookie(None);
            }
            self.record(pending, &exchange, outcome.clone());
            if !self.should_retry(&outcome, &exchange).await {
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

fn open_tickets(board: &HttpResponse) -> Vec<Ticket> {
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

fn changed(response: &HttpResponse) -> Option<Acknowledgement> {
    let ticket = response.json();
    let order = ticket.get("id")?.as_str()?.parse().ok()?;
    let version = ticket.get("version")?.as_i64()?;
    let (order, version) = (Some(order), Some(version));
    Some(Acknowledgement { status: response.status, order, version, ..Acknowledgement::default() })
}
