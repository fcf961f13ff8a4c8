//! A visitor's latest orders, and reordering.

use super::find;
use crate::{
    carts,
    context::AppContext,
    error::ServerError,
    outbox,
    queries::{orders::Order, visitor_orders},
    scheduling::local_time::WallClock,
};
use app::{
    domain::{
        bill::{Bill, PricedLine},
        cart::{Choice, LineRequest},
        error::{AppError, Problem},
        id::{ChangeId, OrderId, RestaurantId, VisitorId},
        time::{LocalTime, Timestamp},
    },
    services::{LeftOut, RecentOrder, Repeated},
};

/// Length of the list.
const LISTED: i64 = 20;

/// Adds the order's items to the visitor's cart, once per id, with current prices, and returns those that were left
/// out.
pub async fn order_again(
    context: &AppContext,
    token: &str,
    visitor: VisitorId,
    id: ChangeId,
) -> Result<Repeated, ServerError> {
    let (restaurant, order) = find(context, token).await?;
    let snapshot = context.catalogue.by_id(restaurant).await?;
    if !snapshot.restaurant.listing.is_published() {
        let words = "This restaurant takes no orders here at the moment. Call it, or choose another one.";
        return Err(AppError::conflict("not_published", words).into());
    }
    let lines = &bill(context, restaurant, &order)?.lines;
    let selections: Vec<_> = lines.iter().map(selection).collect();
    let rejected = carts::add_all(context, &snapshot, visitor, id, &selections).await?;
    let is_nothing_left = rejected.len() == lines.len();
    let left_out = named(lines, &rejected);
    if is_nothing_left {
        return Err(nothing_left(&left_out).into());
    }
    Ok(Repeated { slug: snapshot.restaurant.slug.clone(), left_out })
}

/// The items of an earlier order at the restaurant that cannot be added to the visitor's cart now, with the reasons. Read-only,
/// so that a page can be reloaded; none for an order of another restaurant.
pub async fn left_out(
    context: &AppContext,
    slug: &str,
    token: &str,
    visitor: Option<VisitorId>,
) -> Result<Vec<LeftOut>, ServerError> {
    let (restaurant, order) = find(context, token).await?;
    let snapshot = context.catalogue.snapshot(slug).await?;
    if snapshot.restaurant.id != restaurant {
        return Ok(Vec::new());
    }
    let lines = &bill(context, restaurant, &order)?.lines;
    let selections: Vec<_> = lines.iter().map(selection).collect();
    Ok(named(lines, &carts::unavailable(context, &snapshot, visitor, &selections).await?))
}

fn bill<'a>(context: &AppContext, restaurant: RestaurantId, order: &'a Order) -> Result<&'a Bill, ServerError> {
    order.bill().map_err(|part| {
        context.store.unreadable().tell(restaurant, order.id.uuid(), part);
        let words = "The dishes of this order can no longer be read. Choose them from the menu.";
        AppError::conflict("unreadable_order", words).into()
    })
}

fn named(lines: &[PricedLine], rejected: &[(usize, AppError)]) -> Vec<LeftOut> {
    rejected.iter().filter_map(|(at, why)| Some(named_one(lines.get(*at)?, why))).collect()
}

/// An item with the reason; a reason that begins with the item's name is shortened.
fn named_one(line: &PricedLine, why: &AppError) -> LeftOut {
    let (name, why) = (line.name.clone(), why.to_string());
    let why = why.strip_prefix(&format!("{name}: ")).unwrap_or(&why).to_owned();
    LeftOut { name, why }
}

fn nothing_left(left_out: &[LeftOut]) -> AppError {
    let words = "None of these dishes can be ordered now. Have a look at the menu.";
    let all = std::iter::once(Problem::new("", "nothing_left", words));
    let each = left_out.iter().map(|dish| Problem::new("", "left_out", format!("{}: {}", dish.name, dish.why)));
    AppError::Invalid { problems: all.chain(each).collect() }
}

/// The visitor's latest orders, newest first.
pub async fn recent(context: &AppContext, visitor: VisitorId) -> Result<Vec<RecentOrder>, ServerError> {
    let now = context.clock.now();
    let mut recent = Vec::new();
    for entry in visitor_orders::latest(&context.store, visitor, LISTED).await? {
        let placed = match context.catalogue.by_id(entry.restaurant).await {
            Ok(snapshot) => snapshot.local(entry.placed_at, now),
            // A restaurant whose node is down must not fail the list of all others.
            Err(_) => universal(entry.placed_at, now),
        };
        recent.push(RecentOrder {
            restaurant_name: entry.restaurant_name,
            token: entry.token,
            number: entry.number,
            placed,
        });
    }
    Ok(recent)
}

/// The error for a checkout form whose order id is used with other fields. Only the browser that placed the order
/// gets its link.
pub async fn ordered_before(context: &AppContext, visitor: Option<VisitorId>, slug: &str, order: OrderId) -> AppError {
    if let Some(visitor) = visitor {
        if let Some(own) = own_order(context, visitor, order).await {
            return own;
        }
        // The list of own orders is filled from the outbox, and this order may still be missing.
        if let Ok(snapshot) = context.catalogue.snapshot(slug).await
            && outbox::deliver(context, snapshot.restaurant.id).await.is_ok()
            && let Some(own) = own_order(context, visitor, order).await
        {
            return own;
        }
    }
    AppError::conflict("already_ordered", "You already ordered with this page. Reload it to order something else.")
}

async fn own_order(context: &AppContext, visitor: VisitorId, order: OrderId) -> Option<AppError> {
    let latest = visitor_orders::latest(&context.store, visitor, LISTED).await.ok()?;
    let own = latest.into_iter().find(|entry| entry.order == order)?;
    Some(AppError::AlreadyOrdered { number: own.number, token: own.token })
}

/// An instant in UTC, the one zone that is known without the restaurant.
fn universal(at: Timestamp, now: Timestamp) -> LocalTime {
    let words = WallClock::of("UTC").map(|clock| clock.local(at, now).text).unwrap_or_default();
    LocalTime { at, text: format!("{words} UTC") }
}

fn selection(line: &PricedLine) -> LineRequest {
    LineRequest {
        item: line.item,
        variant: Some(line.variant),
        modifiers: line
            .modifiers
            .iter()
            .map(|chosen| Choice { modifier: chosen.modifier, quantity: chosen.quantity })
            .collect(),
        quantity: line.quantity,
        note: line.note.clone(),
    }
}
