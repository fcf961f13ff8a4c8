//! Placing an order: validated and priced here, stored by one statement, once per key.

use super::{ensure_key, notify, token};
use crate::orders::{
    agreed,
    validate::{self, ValidatedOrder},
    wanted::Wanted,
};
use crate::{
    carts,
    context::AppContext,
    error::ServerError,
    menus::{Offer, SlotAvailability, Snapshot},
    queries::{
        self,
        orders::{NewRow, Placed},
    },
    scheduling::slots::full_at,
};
use app::{
    domain::{
        bill::{Bill, PricedLine},
        error::{AppError, Problem},
        id::{OrderId, RestaurantId, VisitorId},
        location::Location,
        money::{Currency, Money},
        order::{Due, NewOrder, PlacedOrder},
        time::Timestamp,
    },
    forms::fields,
    services::{CheckoutForm, OrderKey, OrderedCart},
};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

/// Attempts to price an order while the menu keeps changing.
const ATTEMPTS: usize = 4;
/// A statement is repeated for so long while others keep it from its rows.
const PATIENCE: Duration = Duration::from_secs(6);
/// The pause before it is repeated.
const PAUSE: Duration = Duration::from_millis(50);
/// Full slots that an ASAP order skips before the guest is asked.
const MAX_FULL_SLOTS: usize = 12;

/// Places an order once per key, and removes its lines from the cart. A key that has placed one returns it, whatever menu
/// and hours are now.
pub async fn place(
    context: &AppContext,
    slug: &str,
    key: &OrderKey,
    cart: Option<&OrderedCart>,
    order: &NewOrder,
) -> Result<PlacedOrder, ServerError> {
    ensure_key(&key.key)?;
    let restaurant = context.catalogue.snapshot(slug).await?.restaurant.id;
    let wanted = Wanted::request(order, cart);
    once(context, restaurant, key, place_as_priced(context, restaurant, key, &wanted)).await
}

/// Places the visitor's cart as it is now, once per key: one read and one write.
pub async fn place_cart(
    context: &AppContext,
    slug: &str,
    visitor: Option<VisitorId>,
    key: &OrderKey,
    form: &CheckoutForm,
) -> Result<PlacedOrder, ServerError> {
    ensure_key(&key.key)?;
    let snapshot = context.catalogue.snapshot(slug).await?;
    let restaurant = snapshot.restaurant.id;
    let placing = async {
        let cart = carts::find(context, &snapshot, visitor).await?;
        let wanted = Wanted::cart(&snapshot, visitor, &cart, form)?;
        place_as_priced(context, restaurant, key, &wanted).await
    };
    once(context, restaurant, key, placing).await
}

/// Returns the order that the key has placed before instead of a refusal, such as that of the cart that it emptied.
async fn once(
    context: &AppContext,
    restaurant: RestaurantId,
    key: &OrderKey,
    placing: impl Future<Output = Result<PlacedOrder, ServerError>>,
) -> Result<PlacedOrder, ServerError> {
    let placed = match placing.await {
        Err(ServerError::Refused(refusal)) => match replay(context, restaurant, key).await? {
            Some(placed) => placed,
            None => return Err(refusal.into()),
        },
        outcome => outcome?,
    };
    notify(context, restaurant);
    let outcome = if placed.replayed { "replayed" } else { "placed" };
    metrics::counter!("toast_orders_total", "outcome" => outcome).increment(1);
    tracing::info!(%restaurant, order = %placed.id, number = placed.number, total = placed.total.minor(), outcome, "order placed");
    Ok(placed)
}

/// The order that a key placed before; none when the key is new. The lookup writes, see [`queries::idempotency`].
async fn replay(
    context: &AppContext,
    restaurant: RestaurantId,
    key: &OrderKey,
) -> Result<Option<PlacedOrder>, ServerError> {
    let placed = patiently(|| queries::idempotency::placed_before(&context.store, restaurant, &key.key)).await?;
    let Some(before) = placed else { return Ok(None) };
    if before.fingerprint != key.fingerprint {
        return Err(AppError::KeyReused.into());
    }
    Ok(Some(PlacedOrder {
        id: OrderId::from_uuid(before.order_id),
        token: before.token,
        number: before.number,
        total: money(before.total_minor, &before.currency)?,
        replayed: true,
    }))
}

/// Prices and stores until both use the same menu version and a slot with capacity. Slot loads are read only after a
/// full slot.
async fn place_as_priced(
    context: &AppContext,
    restaurant: RestaurantId,
    key: &OrderKey,
    wanted: &Wanted<'_>,
) -> Result<PlacedOrder, ServerError> {
    let (order, cart) = (&*wanted.order, wanted.cart.as_deref());
    let mut bill_before: Option<Bill> = None;
    let mut availability = SlotAvailability::default();
    let (mut attempts, mut full_slots) = (0, 0);
    while attempts < ATTEMPTS {
        attempts += 1;
        let snapshot = context.catalogue.by_id(restaurant).await?;
        if !snapshot.restaurant.listing.is_published() {
            return Err(not_published().into());
        }
        let now = context.clock.now();
        let valid = validate::check(
            &Offer::new(&snapshot, &availability, now),
            order,
            wanted.tip,
            wanted.unread_location.as_ref(),
        )?;
        agreed::ensure_total(&snapshot, wanted.agreed(valid.tip), &valid.bill, bill_before.as_ref())?;
        agreed::ensure_wait(&snapshot, wanted.wait_minutes, &valid.promise, now)?;
        let new = NewRow {
            restaurant,
            order: key.order,
            key: &key.key,
            fingerprint: &key.fingerprint,
            menu_version: valid.menu_version,
            slot_limit: valid.promise.slot_limit,
            visitor: cart.map(|cart| cart.visitor),
            at: now,
            fields: fields(&snapshot, order, &valid, cart)?,
        };
        match patiently(|| queries::orders::place(&context.store, &new)).await {
            Ok(Placed::Stands { order, token, number, total_minor, currency, replayed }) => {
                if cart.is_some() {
                    context.hub.deliver_soon(restaurant);
                }
                let total = money(total_minor, &currency)?;
                return Ok(PlacedOrder { id: order, token, number, total, replayed });
            }
            Ok(Placed::KeyReused) => return Err(AppError::KeyReused.into()),
            Ok(Placed::SlotFull) if order.due == Due::Asap && full_slots < MAX_FULL_SLOTS => {
                availability = SlotAvailability::of(context, &snapshot, now).await?;
                full_slots += 1;
                attempts -= 1;
            }
            Ok(Placed::SlotFull) => return Err(slot_full(&snapshot, &valid, now).into()),
            Ok(Placed::MenuMoved) => {
                context.catalogue.refresh(restaurant).await?;
                bill_before = Some(valid.bill);
            }
            Ok(Placed::Paused) => {
                context.catalogue.refresh(restaurant).await?;
                return Err(paused().into());
            }
            Err(error) => return Err(error),
        }
    }
    Err(AppError::conflict("menu_changing", "The menu is being changed right now. Try again in a moment.").into())
}

/// Repeats a statement that another one kept from its rows, with pauses. Usually that is the first request with the same
/// key, whose order is then the result.
async fn patiently<T, Asked>(statement: impl Fn() -> Asked) -> Result<T, ServerError>
where
    Asked: Future<Output = Result<T, ServerError>>,
{
    let begun = Instant::now();
    loop {
        match statement().await {
            Err(error) if error.is_contention() && begun.elapsed() < PATIENCE => tokio::time::sleep(PAUSE).await,
            outcome => return outcome,
        }
    }
}

fn slot_full(snapshot: &Snapshot, valid: &ValidatedOrder, now: Timestamp) -> AppError {
    if let Some(wanted) = valid.promise.wanted_at {
        return full_at(&snapshot.local(wanted, now));
    }
    let slot = snapshot.local(valid.promise.slot_at, now).text;
    let words = format!("The kitchen has just received its last order around {slot}. Choose another time.");
    AppError::Conflict { problem: Problem::new(fields::DUE, "slot_full", words) }
}

/// Checked at the same version of the restaurant as prices, which the statement compares with the stored one.
fn not_published() -> AppError {
    AppError::conflict("not_published", "This restaurant is not open to guests yet, so it takes no orders.")
}

fn paused() -> AppError {
    let words = "The kitchen has just paused new orders. Choose one of the offered times.";
    AppError::Conflict { problem: Problem::new(fields::DUE, "paused", words) }
}

/// The parameters of `place_order`.
fn fields(
    snapshot: &Snapshot,
    order: &NewOrder,
    valid: &ValidatedOrder,
    cart: Option<&OrderedCart>,
) -> Result<Value, ServerError> {
    let token = token::mint(snapshot.restaurant.id);
    let lines: Vec<_> = valid.bill.lines.iter().map(|line| in_kitchen_words(snapshot, line)).collect();
    let location = order.address.as_ref().and_then(|address| address.location);
    let broken = |error: serde_json::Error| ServerError::Broken(error.to_string());
    Ok(json!({
        "token": token,
        "mode": order.mode.code(),
        "wanted_at": valid.promise.wanted_at.map(iso),
        "estimated_at": iso(valid.promise.estimated_at),
        "slot_at": iso(valid.promise.slot_at),
        "guest_name": valid.name,
        "guest_phone": valid.phone,
        "guest_email": valid.email,
        "place": valid.place,
        "latitude": location.map(Location::latitude),
        "longitude": location.map(Location::longitude),
        "note": valid.note,
        "currency": valid.bill.total.currency().code(),
        "subtotal_minor": valid.bill.subtotal.minor(),
        "tip_minor": valid.tip.minor(),
        "total_minor": valid.bill.total.minor(),
        "bill": serde_json::to_value(&valid.bill).map_err(broken)?,
        "lines": serde_json::to_value(lines).map_err(broken)?,
        // Always present, also as null: `place_order` recognises by it which rejections its caller knows.
        "cart": cart.map(|cart| json!({ "revision": cart.revision, "lines": cart.lines })),
    }))
}

fn in_kitchen_words(snapshot: &Snapshot, line: &PricedLine) -> PricedLine {
    PricedLine { kitchen_name: snapshot.kitchen_name(line.item).to_owned(), ..line.clone() }
}

/// An instant in the format that PostgreSQL reads from JSON.
fn iso(at: Timestamp) -> String {
    jiff::Timestamp::from_millisecond(at.millis()).map(|at| at.to_string()).unwrap_or_default()
}

fn money(minor: i64, currency: &str) -> Result<Money, ServerError> {
    let currency = Currency::from_code(currency)
        .ok_or_else(|| ServerError::Unreadable { what: "currency", why: currency.to_owned() })?;
    Ok(Money::new(minor, currency))
}
