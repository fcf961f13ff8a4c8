//! The rules of transitions: guards and effects of the table in `app`.

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

/// Characters of the text with a reason.
const MAX_WORDS: usize = 280;
/// Latest promise, in minutes.
const LONGEST_PROMISE: u32 = 24 * 60;
/// A scheduled order stays accepted until this many minutes remain before the kitchen must begin.
const SLACK_MINUTES: i64 = 15;

/// An undo that was sent in time may be stored later, and server clocks differ.
const LATE_UNDO_MINUTES: i64 = 1;

/// Minutes from order to ready, by mode.
pub(crate) type Leads = std::collections::HashMap<ServiceMode, i64>;

/// The inputs of the rules besides the order.
#[derive(Debug)]
pub(crate) struct RuleContext {
    pub(crate) now: Timestamp,
    pub(crate) lead: Leads,
    /// The promise before the latest transition.
    pub(crate) before: Option<Timestamp>,
}

/// An order after a transition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Next {
    pub(crate) status: OrderStatus,
    pub(crate) payment: PaymentStatus,
    pub(crate) promised_at: Option<Timestamp>,
    pub(crate) reason: Option<Reason>,
    pub(crate) words: String,
    pub(crate) slot: SlotEffect,
}

/// Effect of a transition on the order's slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SlotEffect {
    Keep,
    /// The capacity is free for others.
    Release,
    /// The order needs the capacity again.
    Reacquire,
}

/// The order after a decision, or why the decision is rejected.
pub(crate) fn next(order: &Order, decision: &Decision<'_>, moment: &RuleContext) -> Result<Next, AppError> {
    if decision.version.is_some_and(|version| version != order.version) {
        return Err(version_conflict(order));
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
        slot: if releases_slot(row.to) { SlotEffect::Release } else { SlotEffect::Keep },
    })
}

/// End of the time in which staff may undo the latest transition; none when they may not.
pub(crate) fn undo_until(order: &Order) -> Option<Timestamp> {
    let last = &order.last;
    let row = TRANSITIONS.iter().find(|row| {
        Some(row.verb) == last.verb && Some(row.from) == last.from && row.to == last.to && row.actor == last.actor
    })?;
    (row.undo_minutes > 0).then(|| last.at.plus_minutes(row.undo_minutes))
}

/// Whether no transition is possible any more.
pub(crate) fn is_settled(order: &Order, now: Timestamp) -> bool {
    let undone_by = undo_until(order).map(|until| until.plus_minutes(LATE_UNDO_MINUTES));
    order.status.is_final() && undone_by.is_none_or(|by| by < now)
}

fn undo(order: &Order, decision: &Decision<'_>, moment: &RuleContext) -> Result<Next, AppError> {
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
        slot: if releases_slot(order.status) { SlotEffect::Reacquire } else { SlotEffect::Keep },
    })
}

/// The promise after a transition: the minutes that staff entered, else the previous promise, else the time shown to
/// the guest.
fn promise(order: &Order, decision: &Decision<'_>, moment: &RuleContext) -> Result<Option<Timestamp>, AppError> {
    let minutes = match (decision.verb, decision.minutes) {
        (Verb::Accept | Verb::Postpone, Some(minutes)) if (1..=LONGEST_PROMISE).contains(&minutes) => minutes,
        (Verb::Accept | Verb::Postpone, Some(_)) | (Verb::Postpone, None) => {
            let words = "Enter a time between 1 and 1440 minutes.";
            return Err(AppError::invalid(fields::MINUTES, "minutes", words));
        }
        (Verb::Accept, None) => return Ok(Some(promised_to_guest(order, moment))),
        _ => return Ok(order.promised_at),
    };
    let from = match decision.verb {
        Verb::Postpone => postponed_from(order.wanted_at.is_some(), order.due_at(), moment.now),
        _ => moment.now,
    };
    Ok(Some(from.plus_minutes(i64::from(minutes))))
}

/// The time shown to the guest when ordering; a time in the past is replaced by the usual lead.
fn promised_to_guest(order: &Order, moment: &RuleContext) -> Timestamp {
    let promised_to_guest = order.wanted_at.unwrap_or(order.estimated_at);
    if promised_to_guest > moment.now { promised_to_guest } else { moment.now.plus_minutes(lead(order, moment)) }
}

fn lead(order: &Order, moment: &RuleContext) -> i64 {
    moment.lead.get(&order.mode).copied().unwrap_or(0)
}

fn transition(
    order: &Order,
    decision: &Decision<'_>,
    promised_at: Option<Timestamp>,
    moment: &RuleContext,
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

/// The kitchen begins immediately, unless the order is scheduled.
fn accepted_as(order: &Order, promised_at: Option<Timestamp>, moment: &RuleContext) -> OrderStatus {
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
    let words = text::note(fields::REASON_TEXT, &decision.words, MAX_WORDS);
    let words = words.map_err(|problem| AppError::Invalid { problems: vec![problem] })?;
    if reason == Reason::Other && words.is_empty() {
        return Err(AppError::invalid(
            fields::REASON_TEXT,
            "required",
            "Enter the reason in a few words; the guest reads them.",
        ));
    }
    Ok((Some(reason), words))
}

const fn releases_slot(status: OrderStatus) -> bool {
    matches!(status, OrderStatus::Rejected | OrderStatus::Cancelled)
}

fn version_conflict(order: &Order) -> AppError {
    let words =
        format!("Order {} has changed: it is {} now. Check it again.", order.number, status_words(order.status));
    AppError::conflict("moved_on", words)
}

fn not_allowed(order: &Order, decision: &Decision<'_>) -> AppError {
    let words = match (decision.actor(), decision.verb) {
        (Actor::Guest, Verb::Cancel) => {
            format!(
                "This order is {} and cannot be cancelled any more. Call the restaurant.",
                status_words(order.status)
            )
        }
        _ => format!("Order {} is {}; this move does not fit.", order.number, status_words(order.status)),
    };
    AppError::conflict("not_allowed", words)
}

const fn status_words(status: OrderStatus) -> &'static str {
    match status {
        OrderStatus::Placed => "waiting for the restaurant",
        OrderStatus::Accepted => "accepted",
        OrderStatus::InPreparation => "being prepared",
        OrderStatus::Ready => "ready",
        OrderStatus::OutForDelivery => "on its way",
        OrderStatus::Completed => "done",
        OrderStatus::Rejected => "rejected",
        OrderStatus::Cancelled => "cancelled",
    }
}
