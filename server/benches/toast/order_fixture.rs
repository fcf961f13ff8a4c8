//! The measured order: three items of a menu with their required modifiers, one of them twice.

use crate::{database::Restaurant, failure::Failure, server::Server, settings::Bench};
use app::{
    domain::{
        cart::{Choice, LineRequest},
        menu::{Item, Menu},
        order::{Contact, Due, NewOrder, PlacedOrder},
        terms::ServiceMode,
    },
    forms::routes,
};
use uuid::Uuid;

/// Lines per order.
const LINES: usize = 3;

/// An order that is sent repeatedly.
pub struct OrderFixture {
    pub path: String,
    pub body: String,
}

impl OrderFixture {
    /// Builds one from the restaurant's menu.
    pub async fn fill(bench: &Bench, server: &Server, restaurant: &Restaurant) -> Result<Self, Failure> {
        let url = server.url(&routes::api_menu(&restaurant.slug));
        let menu: Menu = bench.http.get(url).send().await?.error_for_status()?.json().await?;
        let lines = lines(&menu);
        if lines.is_empty() {
            return Err(Failure::untrue(format!("nothing can be ordered at {}", restaurant.slug)));
        }
        let order = NewOrder {
            lines,
            mode: ServiceMode::Pickup,
            due: Due::Asap,
            contact: Contact {
                name: "Mara Lindqvist".to_owned(),
                phone: "+49 30 5550142".to_owned(),
                email: String::new(),
            },
            address: None,
            table: None,
            tip_minor: 0,
            note: "Please ring twice".to_owned(),
            agreed_total_minor: None,
        };
        Ok(Self { path: routes::api_orders(&restaurant.slug), body: serde_json::to_string(&order)? })
    }

    /// Places it once, and returns the order's id.
    pub async fn place(&self, bench: &Bench, server: &Server) -> Result<Uuid, Failure> {
        let request = bench.http.post(server.url(&self.path));
        let request =
            request.header("content-type", "application/json").header("idempotency-key", Uuid::new_v4().to_string());
        let response = request.body(self.body.clone()).send().await?;
        if response.status() != 201 {
            let why = format!("{} answered {}: {}", self.path, response.status(), response.text().await?);
            return Err(Failure::untrue(why));
        }
        Ok(response.json::<PlacedOrder>().await?.id.uuid())
    }
}

fn lines(menu: &Menu) -> Vec<LineRequest> {
    let offered = menu.sections.iter().flat_map(|section| section.items.iter().filter(|item| section.offers(item)));
    let lines = offered.filter_map(|item| line(menu, item)).take(LINES).enumerate();
    lines.map(|(at, line)| LineRequest { quantity: if at == 0 { 2 } else { 1 }, ..line }).collect()
}

/// The first variant, with the minimum of each group; none when a group has too few modifiers.
fn line(menu: &Menu, item: &Item) -> Option<LineRequest> {
    let mut modifiers = Vec::new();
    for (usage, group) in menu.groups_of(item) {
        let least = usize::try_from(usage.min).ok()?;
        let left = group.modifiers.iter().filter(|modifier| !modifier.sold_out);
        let chosen: Vec<_> = left.take(least).map(|modifier| Choice { modifier: modifier.id, quantity: 1 }).collect();
        if chosen.len() < least {
            return None;
        }
        modifiers.extend(chosen);
    }
    let variant = item.variants.first()?.id;
    Some(LineRequest { item: item.id, variant: Some(variant), modifiers, quantity: 1, note: String::new() })
}
