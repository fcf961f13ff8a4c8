//! One past order: lines, bill, events, and who prints its receipt.

use crate::{
    context::AppContext,
    error::ServerError,
    history::find::guest,
    menus::Snapshot,
    orders::reason_words,
    queries::{
        self,
        events::Happened,
        orders::{Order, Torn},
        restaurants::LegalNames,
    },
};
use app::{
    domain::{
        error::AppError,
        history::{Issuer, PastEvent, PastOrder},
        id::{OrderId, OrderRef},
        order::{Actor, Verb},
        role::Permission,
    },
    services::Staff,
};

/// An order of the restaurant, with as much as can be decoded.
pub async fn past_order(
    context: &AppContext,
    staff: &Staff,
    slug: &str,
    order: OrderId,
) -> Result<PastOrder, ServerError> {
    let restaurant = staff.allowed(slug, Permission::ReadHistory)?.restaurant;
    let snapshot = context.catalogue.by_id(restaurant).await?;
    let stored = queries::orders::by_ids(&context.store, restaurant, &[order]).await?.pop();
    let stored = stored.ok_or_else(|| AppError::not_found("order"))?;
    let happened = queries::events::in_full(&context.store, OrderRef { restaurant, order }).await?;
    let names = queries::restaurants::legal_names(&context.store, restaurant).await?;
    let names = names.ok_or_else(|| AppError::not_found("restaurant"))?;
    let shown = Shown { snapshot: &snapshot, names, happened };
    Ok(match stored {
        Ok(order) => shown.whole(order),
        Err(torn) => shown.remains(*torn),
    })
}

struct Shown<'a> {
    snapshot: &'a Snapshot,
    names: LegalNames,
    happened: Vec<Happened>,
}

impl Shown<'_> {
    fn whole(self, order: Order) -> PastOrder {
        let clock = &self.snapshot.hours().clock;
        PastOrder {
            id: order.id,
            number: order.number,
            restaurant: self.issuer(),
            locale: self.snapshot.restaurant.locale.clone(),
            placed: clock.date_time(order.placed_at),
            wanted: order.wanted_at.map(|at| clock.date_time(at)),
            status: Some(order.status),
            payment: Some(order.payment),
            mode: Some(order.mode),
            guest: guest(&order.guest_name, order.removed_after_days),
            bill: order.bill().ok().cloned(),
            reason: reason_words(&order),
            events: self.events(),
            phone: order.guest_phone,
            email: order.guest_email,
            place: order.place,
            note: order.note,
        }
    }

    fn remains(self, torn: Torn) -> PastOrder {
        PastOrder {
            id: torn.id,
            number: torn.number,
            restaurant: self.issuer(),
            locale: self.snapshot.restaurant.locale.clone(),
            placed: self.snapshot.hours().clock.date_time(torn.placed_at),
            wanted: None,
            status: torn.status,
            payment: None,
            mode: None,
            guest: guest(&torn.guest_name, torn.removed_after_days),
            phone: torn.guest_phone,
            email: torn.guest_email,
            place: torn.place,
            note: torn.note,
            bill: torn.bill,
            reason: None,
            events: self.events(),
        }
    }

    fn issuer(&self) -> Issuer {
        let restaurant = &self.snapshot.restaurant;
        Issuer {
            name: restaurant.name.clone(),
            legal_name: self.names.legal_name.clone(),
            tax_number: self.names.tax_number.clone(),
            address: restaurant.address.clone(),
            phone: restaurant.phone.clone(),
        }
    }

    fn events(&self) -> Vec<PastEvent> {
        self.happened.iter().map(|event| self.event(event)).collect()
    }

    fn event(&self, event: &Happened) -> PastEvent {
        let clock = &self.snapshot.hours().clock;
        let happened = event.verb.map_or("Placed", Verb::past);
        let promised = event.promised_at.filter(|_| matches!(event.verb, Some(Verb::Accept | Verb::Postpone)));
        let reason = event.reason.map_or("", app::domain::order::Reason::label);
        let words = event.words.trim();
        PastEvent {
            time: clock.date_time(event.at),
            happened: promised
                .map_or_else(|| happened.to_owned(), |at| format!("{happened} for {}", clock.date_time(at))),
            who: match (event.actor, &event.staff_name) {
                (Some(Actor::Staff), Some(name)) => name.clone(),
                (Some(Actor::Staff), None) => "Team".to_owned(),
                (Some(Actor::Guest), _) => "Guest".to_owned(),
                (Some(Actor::System), _) => "Toast".to_owned(),
                (None, _) => "Unknown".to_owned(),
            },
            reason: [reason, words].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(": "),
        }
    }
}
