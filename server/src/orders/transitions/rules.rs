//! What a move does to an order, and which moves are refused: the table of transitions, with its guards and effects.

use super::Decision;
use crate::queries::orders::Order;
use app::{
    domain::{
        error::AppError,
        order::{Actor, OrderStatus, PaymentStatus, Reason, TRANSITIONS, Transition, Verb, moves_of, postponed_from},
        terms::ServiceMode,
        text,
        time::Timestamp,
    },
    forms::fields,
};

/// The longest words with a reason.
const MAX_WORDS: usize = 280;
/// The furthest promise, in minutes.
const LONGEST_PROMISE: u32 = 24 * 60;
/// An order for later waits as long as it is due so many minutes after the kitchen could have it.
const SLACK_MINUTES: i64 = 15;

/// An undo that was sent in time may be written down so many minutes later, and the clocks of servers differ.
const LATE_UNDO_MINUTES: i64 = 1;

/// Minutes from order to ready, by mode.
pub(crate) type Leads = std::collections::HashMap<ServiceMode, i64>;

/// What a move depends on besides the order.
#[derive(Debug)]
pub(crate) struct Moment {
    pub(crate) now: Timestamp,
    pub(crate) lead: Leads,
    /// What was promised before the latest move.
    pub(crate) before: Option<Timestamp>,
}

/// An order after a move.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Next {
    pub(crate) status: OrderStatus,
    pub(crate) payment: PaymentStatus,
    pub(crate) promised_at: Option<Timestamp>,
    pub(crate) reason: Option<Reason>,
    pub(crate) words: String,
    pub(crate) place: Place,
}

/// What happens to the order's place in its window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// Nothing.
    Kept,
    /// Others may have it.
    GivenBack,
    /// The order wants it again.
    Retaken,
}

/// The order after a decision, or why the decision is refused.
pub(crate) fn next(order: &Order, decision: &Decision<'_>, moment: &Moment) -> Result<Next, AppError> {
    if decision.version.is_some_and(|version| version != order.version) {
        return Err(moved_on(order));
    }
    if decision.verb == Verb::Undo {
        return undo(order, decision, moment);
    }
    let promised_at = promise(order, decision, moment)?;
    let row = transition(order, decision, promised_at, moment)?;
    let (reason, words) = reason(row, decision)?;
    Ok(Next {
        status: row.to,
        payment: match row.to {
            OrderStatus::Completed => PaymentStatus::Collected,
            OrderStatus::Rejected | OrderStatus::Cancelled => PaymentStatus::Void,
            _ => order.payment,
        },
        promised_at,
        reason,
        words,
        place: if gives_back(row.to) { Place::GivenBack } else { Place::Kept },
    })
}

/// Until when staff may undo the latest move; none when they may not.
pub(crate) fn undo_until(order: &Order) -> Option<Timestamp> {
    let last = &order.last;
    let row = TRANSITIONS.iter().find(|row| {
        Some(row.verb) == last.verb && Some(row.from) == last.from && row.to == last.to && row.actor == last.actor
    })?;
    (row.undo_minutes > 0).then(|| last.at.plus_minutes(row.undo_minutes))
}

/// Whether nothing can happen to an order any more.
pub(crate) fn is_settled(order: &Order, now: Timestamp) -> bool {
    let undone_by = undo_until(order).map(|until| until.plus_minutes(LATE_UNDO_MINUTES));
    order.status.is_final() && undone_by.is_none_or(|by| by < now)
}

fn undo(order: &Order, decision: &Decision<'_>, moment: &Moment) -> Result<Next, AppError> {
    let allowed = decision.actor() == Actor::Staff;
    let (Some(until), Some(from), true) = (undo_until(order), order.last.from, allowed) else {
        return Err(AppError::conflict("not_undoable", "This cannot be undone."));
    };
    if moment.now > until {
        let minutes = order.last.at.minutes_until(until);
        let words = format!("This could be undone for {minutes} minutes only, and they are over.");
        return Err(AppError::conflict("too_late", words));
    }
    Ok(Next {
        status: from,
        payment: PaymentStatus::Due,
        promised_at: moment.before,
        reason: None,
        words: String::new(),
        place: if gives_back(order.status) { Place::Retaken } else { Place::Kept },
    })
}

/// What is promised after the move: the minutes that staff named, else what stood before, else what the guest was told.
fn promise(order: &Order, decision: &Decision<'_>, moment: &Moment) -> Result<Option<Timestamp>, AppError> {
    let minutes = match (decision.verb, decision.minutes) {
        (Verb::Accept | Verb::Postpone, Some(minutes)) if (1..=LONGEST_PROMISE).contains(&minutes) => minutes,
        (Verb::Accept | Verb::Postpone, Some(_)) | (Verb::Postpone, None) => {
            let words = "Say how many minutes it takes, between 1 and 1440.";
            return Err(AppError::invalid(fields::MINUTES, "minutes", words));
        }
        (Verb::Accept, None) => return Ok(Some(told(order, moment))),
        _ => return Ok(order.promised_at),
    };
    let from = match decision.verb {
        Verb::Postpone => postponed_from(order.wanted_at.is_some(), order.due_at(), moment.now),
        _ => moment.now,
    };
    Ok(Some(from.plus_minutes(i64::from(minutes))))
}

/// The time the guest was told when ordering; a time that has passed is replaced by the usual lead.
fn told(order: &Order, moment: &Moment) -> Timestamp {
    let told = order.wanted_at.unwrap_or(order.estimated_at);
    if told > moment.now { told } else { moment.now.plus_minutes(lead(order, moment)) }
}

fn lead(order: &Order, moment: &Moment) -> i64 {
    moment.lead.get(&order.mode).copied().unwrap_or(0)
}

fn transition(
    order: &Order,
    decision: &Decision<'_>,
    promised_at: Option<Timestamp>,
    moment: &Moment,
) -> Result<&'static Transition, AppError> {
    let mut rows = moves_of(order.status, order.mode, decision.actor()).filter(|row| row.verb == decision.verb);
    let row = match decision.verb {
        Verb::Accept => {
            let to = accepted_as(order, promised_at, moment);
            rows.find(|row| row.to == to)
        }
        _ => rows.next(),
    };
    row.ok_or_else(|| not_allowed(order, decision))
}

/// The kitchen begins at once, unless the order is for later.
fn accepted_as(order: &Order, promised_at: Option<Timestamp>, moment: &Moment) -> OrderStatus {
    let soon = moment.now.plus_minutes(lead(order, moment) + SLACK_MINUTES);
    if order.wanted_at.is_some() && promised_at.is_some_and(|promised| promised > soon) {
        OrderStatus::Accepted
    } else {
        OrderStatus::InPreparation
    }
}

fn reason(row: &Transition, decision: &Decision<'_>) -> Result<(Option<Reason>, String), AppError> {
    if !row.needs_reason {
        return Ok((None, String::new()));
    }
    let Some(reason) = decision.reason else {
        return Err(AppError::invalid(fields::REASON, "required", "Choose a reason; the guest reads it."));
    };
    let words = text::note(fields::WORDS, &decision.words, MAX_WORDS);
    let words = words.map_err(|problem| AppError::Invalid { problems: vec![problem] })?;
    if reason == Reason::Other && words.is_empty() {
        return Err(AppError::invalid(
            fields::WORDS,
            "required",
            "Say the reason in a few words; the guest reads them.",
        ));
    }
    Ok((Some(reason), words))
}

const fn gives_back(status: OrderStatus) -> bool {
    matches!(status, OrderStatus::Rejected | OrderStatus::Cancelled)
}

fn moved_on(order: &Order) -> AppError {
    let words = format!("Order {} has moved on: it is {} now. Look at it again.", order.number, stands(order.status));
    AppError::conflict("moved_on", words)
}

fn not_allowed(order: &Order, decision: &Decision<'_>) -> AppError {
    let words = match (decision.actor(), decision.verb) {
        (Actor::Guest, Verb::Cancel) => {
            format!("This order is {} and cannot be called off any more. Call the restaurant.", stands(order.status))
        }
        _ => format!("Order {} is {}; this move does not fit.", order.number, stands(order.status)),
    };
    AppError::conflict("not_allowed", words)
}

const fn stands(status: OrderStatus) -> &'static str {
    match status {
        OrderStatus::Placed => "waiting for the restaurant",
        OrderStatus::Accepted => "accepted",
        OrderStatus::InPreparation => "being prepared",
        OrderStatus::Ready => "ready",
        OrderStatus::OutForDelivery => "on its way",
        OrderStatus::Completed => "done",
        OrderStatus::Rejected => "turned down",
        OrderStatus::Cancelled => "called off",
    }
}
