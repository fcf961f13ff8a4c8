//! Order transitions: one transaction in the restaurant's shard, once per key, for guests and staff alike.

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
use rules::{Next, SlotEffect};
use sha2::{Digest, Sha256};

/// Attempts of a transition under contention.
const ATTEMPTS: usize = 5;

/// A requested transition with its parameters.
#[derive(Debug, Clone)]
pub(crate) struct Decision<'a> {
    pub(crate) order: OrderRef,
    pub(crate) verb: Verb,
    /// Staff who decided it; none for the guest.
    pub(crate) staff: Option<StaffId>,
    /// The version that the decision is based on; none for any.
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

/// Cancels an order for the holder of its token. Idempotent: the key is derived from the order.
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
    apply(context, &decision).await
}

/// Applies a decision, once per key, and returns the order.
pub(crate) async fn apply(context: &AppContext, decision: &Decision<'_>) -> Result<Order, ServerError> {
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

/// The statements of a transition; for a known key only the replay counter is increased.
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
    let next = rules::next(&order, decision, &rules::RuleContext { now, lead, before })?;
    update_slot(tx, &order, decision.order, next.slot).await?;
    persist(tx, &order, decision, &next, now).await
}

async fn lead_minutes(context: &AppContext, decision: &Decision<'_>) -> Result<rules::Leads, ServerError> {
    let snapshot = context.catalogue.by_id(decision.order.restaurant).await?;
    let modes = &snapshot.restaurant.terms.modes;
    Ok(modes.iter().map(|terms| (terms.mode, i64::from(terms.lead_minutes))).collect())
}

/// Undoing a transition restores the promise before it.
async fn promise_before(tx: &mut Tx, order: &Order, decision: &Decision<'_>) -> Result<Option<Timestamp>, ServerError> {
    if decision.verb == Verb::Undo && order.version > 1 {
        queries::events::promise_at(tx, decision.order, order.version - 1).await
    } else {
        Ok(None)
    }
}

/// Updates the slot's count when an order leaves it or returns.
async fn update_slot(tx: &mut Tx, order: &Order, named: OrderRef, effect: SlotEffect) -> Result<(), ServerError> {
    let Some(at) = order.slot_at else { return Ok(()) };
    let window = Window { restaurant: named.restaurant, mode: order.mode, at };
    match effect {
        SlotEffect::Keep => Ok(()),
        SlotEffect::Release => queries::slot_capacity::release(tx, window).await,
        SlotEffect::Reacquire if queries::slot_capacity::reacquire(tx, window).await? => Ok(()),
        SlotEffect::Reacquire => {
            let words = "The time of this order was given to another one, so it cannot be restored. \
                         Ask the guest to order again.";
            Err(AppError::conflict("slot_full", words).into())
        }
    }
}

async fn persist(
    tx: &mut Tx,
    order: &Order,
    decision: &Decision<'_>,
    next: &Next,
    now: Timestamp,
) -> Result<(), ServerError> {
    // The last lock of all: every order of the restaurant waits for it.
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
    queries::events::append(tx, &event).await
}
