//! What guests come back to: their latest orders, and the same again.

use super::find;
use crate::{backend::Toast, carts, catalogue::wall::WallClock, error::Fault, store::projections};
use app::{
    backend::RecentOrder,
    error::AppError,
    types::{
        bill::PricedLine,
        cart::{CartChange, Choice, LineRequest},
        id::{ChangeId, VisitorId},
        time::{LocalTime, Timestamp},
    },
};

/// How many of a guest's orders are listed.
const LISTED: i64 = 20;

/// Puts the order's dishes into the visitor's cart again, once per id; answers the restaurant's slug. Dishes that are gone
/// are left out, and the cart's own prices are today's.
pub async fn order_again(toast: &Toast, token: &str, visitor: VisitorId, id: ChangeId) -> Result<String, Fault> {
    let (restaurant, order) = find(toast, token).await?;
    let slug = toast.catalogue.by_id(toast, restaurant).await?.restaurant.slug.clone();
    let mut kept = 0;
    let mut refused = None;
    for (line, id) in order.bill()?.lines.iter().zip(carts::ids_from(id)) {
        match carts::change(toast, &slug, visitor, id, &CartChange::Add(wish(line))).await {
            Ok(_) => kept += 1,
            Err(Fault::Refused(refusal)) => refused = Some(refusal),
            Err(fault) => return Err(fault),
        }
    }
    match refused {
        Some(_) if kept == 0 => {
            let words = "None of these dishes can be ordered any more. Have a look at today's menu.";
            Err(AppError::conflict("nothing_left", words).into())
        }
        _ => Ok(slug),
    }
}

/// The visitor's latest orders, newest first.
pub async fn recent(toast: &Toast, visitor: VisitorId) -> Result<Vec<RecentOrder>, Fault> {
    let now = toast.clock.now();
    let mut recent = Vec::new();
    for entry in projections::latest(&toast.store, visitor, LISTED).await? {
        let placed = match toast.catalogue.by_id(toast, entry.restaurant).await {
            Ok(snapshot) => snapshot.local(entry.placed_at, now),
            // A restaurant whose node is away must not take the list of all the others with it.
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

/// An instant in the one zone that is known without its restaurant.
fn universal(at: Timestamp, now: Timestamp) -> LocalTime {
    let words = WallClock::of("UTC").map(|clock| clock.local(at, now).text).unwrap_or_default();
    LocalTime { at, text: format!("{words} UTC") }
}

fn wish(line: &PricedLine) -> LineRequest {
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
