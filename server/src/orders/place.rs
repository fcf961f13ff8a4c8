//! Placing an order: checked and priced here, written down by one statement, once per key.

use super::{ensure_key, tell, token};
use crate::orders::validate::{self, Asked};
use crate::{
    context::AppContext,
    error::ServerError,
    menus::{Offer, Room, Snapshot},
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
        id::{OrderId, RestaurantId},
        money::{Currency, Money},
        order::{Due, NewOrder, PlacedOrder},
        time::Timestamp,
    },
    forms::fields,
    services::{OrderKey, OrderedCart},
};
use serde_json::{Value, json};

/// How often an order is priced anew when the menu keeps changing under it.
const ATTEMPTS: usize = 4;
/// How many full windows an order for as soon as possible is turned away from before its guest is asked.
const WINDOWS: usize = 12;

/// Places an order once per key. A key that has placed one is answered with it, whatever the menu or the hours say now.
pub async fn place(
    context: &AppContext,
    slug: &str,
    key: &OrderKey,
    cart: Option<&OrderedCart>,
    order: &NewOrder,
) -> Result<PlacedOrder, ServerError> {
    ensure_key(&key.key)?;
    let restaurant = context.catalogue.snapshot(context, slug).await?.restaurant.id;
    let placed = match place_as_priced(context, restaurant, key, cart, order).await {
        Err(ServerError::Refused(refusal)) => match answer_again(context, restaurant, key).await? {
            Some(placed) => placed,
            None => return Err(refusal.into()),
        },
        outcome => outcome?,
    };
    tell(context, restaurant);
    let outcome = if placed.replayed { "replayed" } else { "placed" };
    metrics::counter!("toast_orders_total", "outcome" => outcome).increment(1);
    tracing::info!(%restaurant, order = %placed.id, number = placed.number, total = placed.total.minor(), outcome, "order");
    Ok(placed)
}

/// The answer that a key got before, written down anew; none when the key is new.
pub async fn replay(context: &AppContext, slug: &str, key: &OrderKey) -> Result<Option<PlacedOrder>, ServerError> {
    ensure_key(&key.key)?;
    let restaurant = context.catalogue.snapshot(context, slug).await?.restaurant.id;
    answer_again(context, restaurant, key).await
}

async fn answer_again(
    context: &AppContext,
    restaurant: RestaurantId,
    key: &OrderKey,
) -> Result<Option<PlacedOrder>, ServerError> {
    let Some(before) = queries::idempotency::placed_before(&context.store, restaurant, &key.key).await? else {
        return Ok(None);
    };
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

/// Prices and writes until both speak of the same menu, and of a window with room. How full the windows are is read only
/// when the first one was full.
async fn place_as_priced(
    context: &AppContext,
    restaurant: RestaurantId,
    key: &OrderKey,
    cart: Option<&OrderedCart>,
    order: &NewOrder,
) -> Result<PlacedOrder, ServerError> {
    let mut before: Option<Bill> = None;
    let mut room = Room::default();
    let (mut attempts, mut contended, mut windows) = (0, 0, 0);
    while attempts < ATTEMPTS {
        attempts += 1;
        let snapshot = context.catalogue.by_id(context, restaurant).await?;
        let now = context.clock.now();
        let asked = validate::check(&Offer::new(&snapshot, &room, now), order)?;
        ensure_agreed(&snapshot, order, &asked.bill, before.as_ref())?;
        let new = NewRow {
            restaurant,
            order: key.order,
            key: &key.key,
            fingerprint: &key.fingerprint,
            menu_version: asked.menu_version,
            slot_limit: asked.promise.slot_limit,
            visitor: cart.map(|cart| cart.visitor),
            at: now,
            fields: fields(&snapshot, order, &asked, cart, key.order, now)?,
        };
        match queries::orders::place(&context.store, &new).await {
            Ok(Placed::Stands { order, token, number, total_minor, currency, replayed }) => {
                let total = money(total_minor, &currency)?;
                return Ok(PlacedOrder { id: order, token, number, total, replayed });
            }
            Ok(Placed::KeyReused) => return Err(AppError::KeyReused.into()),
            Ok(Placed::SlotFull) if order.due == Due::Asap && windows < WINDOWS => {
                room = Room::of(context, &snapshot, now).await?;
                windows += 1;
                attempts -= 1;
            }
            Ok(Placed::SlotFull) => return Err(slot_full(&snapshot, &asked, now).into()),
            Ok(Placed::MenuMoved) => {
                context.catalogue.refresh(context, restaurant).await?;
                before = Some(asked.bill);
            }
            Ok(Placed::Paused) => {
                context.catalogue.refresh(context, restaurant).await?;
                return Err(paused().into());
            }
            Err(error) if error.is_contention() && contended < ATTEMPTS => contended += 1,
            Err(error) => return Err(error),
        }
    }
    Err(AppError::conflict("menu_changing", "The menu is being changed right now. Try again in a moment.").into())
}

/// Nothing is ordered at a total that the guest has not seen.
fn ensure_agreed(snapshot: &Snapshot, order: &NewOrder, bill: &Bill, before: Option<&Bill>) -> Result<(), AppError> {
    let Some(agreed) = order.agreed_total_minor.filter(|agreed| *agreed != bill.total.minor()) else {
        return Ok(());
    };
    let locale = &snapshot.restaurant.locale;
    let was = Money::new(agreed, bill.total.currency()).text(locale);
    let mut message = format!("The total is now {} instead of {was}", bill.total.text(locale));
    let changes = before.map(|before| changed_lines(snapshot, before, bill)).unwrap_or_default();
    if changes.is_empty() {
        message.push_str(": your cart, the menu or its fees changed since you looked");
    } else {
        message.push_str(": ");
        message.push_str(&changes.join(", "));
    }
    message.push_str(". Look at the new prices and order again if you agree.");
    Err(AppError::conflict("total_changed", message))
}

fn changed_lines(snapshot: &Snapshot, before: &Bill, now: &Bill) -> Vec<String> {
    let locale = &snapshot.restaurant.locale;
    let lines = before.lines.iter().zip(&now.lines).filter(|(old, new)| old.total != new.total);
    let lines = lines
        .map(|(old, new)| format!("{} {} instead of {}", new.name, new.total.text(locale), old.total.text(locale)));
    let rows = now.rows.iter().filter_map(|row| {
        let old = before.rows.iter().find(|old| old.label == row.label)?;
        (old.amount != row.amount)
            .then(|| format!("{} {} instead of {}", row.label, row.amount.text(locale), old.amount.text(locale)))
    });
    lines.chain(rows).collect()
}

fn slot_full(snapshot: &Snapshot, asked: &Asked, now: Timestamp) -> AppError {
    if let Some(wanted) = asked.promise.wanted_at {
        return full_at(&snapshot.local(wanted, now));
    }
    let slot = snapshot.local(asked.promise.slot_at, now).text;
    let words = format!("The kitchen has just given away its last place around {slot}. Choose another time.");
    AppError::Conflict { problem: Problem::new(fields::DUE, "slot_full", words) }
}

fn paused() -> AppError {
    let words = "The kitchen has just paused new orders. Choose one of the offered times.";
    AppError::Conflict { problem: Problem::new(fields::DUE, "paused", words) }
}

/// The columns of the order as `place_order` reads them.
fn fields(
    snapshot: &Snapshot,
    order: &NewOrder,
    asked: &Asked,
    cart: Option<&OrderedCart>,
    id: OrderId,
    now: Timestamp,
) -> Result<Value, ServerError> {
    let token = token::mint(snapshot.restaurant.id);
    let lines: Vec<_> = asked.bill.lines.iter().map(|line| in_kitchen_words(snapshot, line)).collect();
    let broken = |error: serde_json::Error| ServerError::Broken(error.to_string());
    Ok(json!({
        "token": token,
        "mode": order.mode.code(),
        "wanted_at": asked.promise.wanted_at.map(iso),
        "estimated_at": iso(asked.promise.estimated_at),
        "slot_at": iso(asked.promise.slot_at),
        "guest_name": asked.name,
        "guest_phone": asked.phone,
        "guest_email": asked.email,
        "place": asked.place,
        "note": asked.note,
        "currency": asked.bill.total.currency().code(),
        "subtotal_minor": asked.bill.subtotal.minor(),
        "tip_minor": asked.tip.minor(),
        "total_minor": asked.bill.total.minor(),
        "bill": serde_json::to_value(&asked.bill).map_err(broken)?,
        "lines": serde_json::to_value(lines).map_err(broken)?,
        // Always there, also as null: `place_order` tells by it which refusals its caller knows.
        "cart": cart.map(|cart| json!({ "revision": cart.revision, "lines": cart.lines })),
        "message": {
            "order": id,
            "visitor": cart.map(|cart| cart.visitor),
            "token": token,
            "restaurant_name": snapshot.restaurant.name,
            "placed_at": now.millis(),
        },
    }))
}

fn in_kitchen_words(snapshot: &Snapshot, line: &PricedLine) -> PricedLine {
    PricedLine { kitchen_name: snapshot.kitchen_name(line.item).to_owned(), ..line.clone() }
}

/// An instant as PostgreSQL reads it from JSON.
fn iso(at: Timestamp) -> String {
    jiff::Timestamp::from_millisecond(at.millis()).map(|at| at.to_string()).unwrap_or_default()
}

fn money(minor: i64, currency: &str) -> Result<Money, ServerError> {
    let currency = Currency::from_code(currency)
        .ok_or_else(|| ServerError::Unreadable { what: "currency", why: currency.to_owned() })?;
    Ok(Money::new(minor, currency))
}
