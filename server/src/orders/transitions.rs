//! Moving an order: one transaction in the restaurant's shard, once per key, for guests and staff alike.

mod rules;

pub(crate) use rules::{is_settled, undo_until};

use crate::{
    context::AppContext,
    db::Tx,
    error::ServerError,
    queries::{
        self,
        events::NewEvent,
        idempotency::{Claim, MoveKey},
        orders::{Moved, Order},
        slot_capacity::Window,
    },
};
use app::domain::{
    error::AppError,
    id::{OrderRef, StaffId},
    order::{Actor, Reason, Verb},
    time::Timestamp,
};
use rules::{Next, Place};
use serde_json::json;
use sha2::{Digest, Sha256};

/// How often a move is tried when others move the same rows.
const ATTEMPTS: usize = 5;

/// What somebody decided to do with an order.
#[derive(Debug, Clone)]
pub(crate) struct Decision<'a> {
    pub(crate) order: OrderRef,
    pub(crate) verb: Verb,
    /// Staff who decided it; none for the guest.
    pub(crate) staff: Option<StaffId>,
    /// The version that was looked at; none when any will do.
    pub(crate) version: Option<i64>,
    pub(crate) minutes: Option<u32>,
    pub(crate) reason: Option<Reason>,
    pub(crate) words: String,
    pub(crate) key: &'a str,
    /// SHA-256 of everything above.
    pub(crate) fingerprint: Vec<u8>,
}

impl Decision<'_> {
    pub(crate) const fn actor(&self) -> Actor {
        if self.staff.is_some() { Actor::Staff } else { Actor::Guest }
    }
}

/// Calls an order off for whoever holds its address. Twice is once: the key is the order's own.
pub(crate) async fn cancel_for_guest(context: &AppContext, order: OrderRef) -> Result<Order, ServerError> {
    let key = format!("guest-cancel-{}", order.order);
    let decision = Decision {
        order,
        verb: Verb::Cancel,
        staff: None,
        version: None,
        minutes: None,
        reason: None,
        words: String::new(),
        key: &key,
        fingerprint: Sha256::digest(&key).to_vec(),
    };
    carry_out(context, &decision).await
}

/// Carries a decision out, once per key, and answers the order as it is then.
pub(crate) async fn carry_out(context: &AppContext, decision: &Decision<'_>) -> Result<Order, ServerError> {
    let mut attempt = 1;
    loop {
        match Box::pin(try_once(context, decision)).await {
            Err(error) if error.is_contention() && attempt < ATTEMPTS => attempt += 1,
            outcome => break outcome?,
        }
    }
    let order = queries::orders::by_id(&context.store, decision.order).await?;
    let order = order.ok_or_else(|| ServerError::from(AppError::not_found("order")))?;
    let (verb, status) = (decision.verb.code(), order.status.code());
    metrics::counter!("toast_moves_total", "verb" => verb).increment(1);
    tracing::info!(restaurant = %decision.order.restaurant, order = %order.id, verb, status, "order moved");
    Ok(order)
}

async fn try_once(context: &AppContext, decision: &Decision<'_>) -> Result<(), ServerError> {
    let lead = lead_minutes(context, decision).await?;
    let mut tx = context.store.of(decision.order.restaurant).begin().await?;
    context.store.bounded(tx.node(), move_within(context, &mut tx, decision, lead)).await?;
    context.store.commit(tx).await
}

/// The statements of a move; one that was carried out before is only counted up.
async fn move_within(
    context: &AppContext,
    tx: &mut Tx,
    decision: &Decision<'_>,
    lead: rules::Leads,
) -> Result<(), ServerError> {
    let order = queries::orders::hold(tx, decision.order).await?;
    let order = order.ok_or_else(|| ServerError::from(AppError::not_found("order")))?;
    let now = context.clock.now();
    let expected = decision.version.unwrap_or(order.version);
    let key = MoveKey {
        key: decision.key,
        fingerprint: &decision.fingerprint,
        order: decision.order,
        version: expected.saturating_add(1),
    };
    match queries::idempotency::claim(tx, &key, now).await? {
        Claim::Replayed => return Ok(()),
        Claim::Reused => return Err(AppError::KeyReused.into()),
        Claim::Fresh => {}
    }
    let before = promise_before(tx, &order, decision).await?;
    let next = rules::next(&order, decision, &rules::Moment { now, lead, before })?;
    change_place(tx, &order, decision.order, next.place).await?;
    write_down(tx, &order, decision, &next, now).await
}

async fn lead_minutes(context: &AppContext, decision: &Decision<'_>) -> Result<rules::Leads, ServerError> {
    let snapshot = context.catalogue.by_id(context, decision.order.restaurant).await?;
    let modes = &snapshot.restaurant.terms.modes;
    Ok(modes.iter().map(|terms| (terms.mode, i64::from(terms.lead_minutes))).collect())
}

/// An undone move takes its promise with it.
async fn promise_before(tx: &mut Tx, order: &Order, decision: &Decision<'_>) -> Result<Option<Timestamp>, ServerError> {
    if decision.verb == Verb::Undo && order.version > 1 {
        queries::events::promise_at(tx, decision.order, order.version - 1).await
    } else {
        Ok(None)
    }
}

/// Keeps the window's count right when an order leaves it or comes back.
async fn change_place(tx: &mut Tx, order: &Order, named: OrderRef, place: Place) -> Result<(), ServerError> {
    let Some(at) = order.slot_at else { return Ok(()) };
    let window = Window { restaurant: named.restaurant, mode: order.mode, at };
    match place {
        Place::Kept => Ok(()),
        Place::GivenBack => queries::slot_capacity::give_back(tx, window).await,
        Place::Retaken if queries::slot_capacity::retake(tx, window).await? => Ok(()),
        Place::Retaken => {
            let words = "The time of this order was given to another one meanwhile, so it cannot be brought back. \
                         Ask the guest to order again.";
            Err(AppError::conflict("slot_full", words).into())
        }
    }
}

async fn write_down(
    tx: &mut Tx,
    order: &Order,
    decision: &Decision<'_>,
    next: &Next,
    now: Timestamp,
) -> Result<(), ServerError> {
    // Last of all locks: every order of the restaurant waits for it.
    let seq = queries::events::next_seq(tx, decision.order.restaurant).await?;
    let moved = Moved {
        order: decision.order,
        expected: order.version,
        seq,
        status: next.status,
        payment: next.payment,
        promised_at: next.promised_at,
        reason: next.reason,
        words: &next.words,
        seen_by: decision.staff,
        at: now,
    };
    if !queries::orders::apply(tx, &moved).await? {
        return Err(ServerError::Contended);
    }
    let event = NewEvent {
        order: decision.order,
        seq,
        version: order.version + 1,
        verb: decision.verb,
        from: order.status,
        to: next.status,
        actor: decision.actor(),
        staff: decision.staff,
        reason: next.reason,
        words: &next.words,
        promised_at: next.promised_at,
        at: now,
    };
    queries::events::append(tx, &event).await?;
    let message = json!({ "order": order.id, "version": event.version, "status": next.status.code() });
    queries::outbox::append(tx, decision.order.restaurant, "order.moved", &message, now).await
}
