//! Guests who look around and fill carts.

use super::Errand;
use crate::{
    drive::browser::Request,
    history::Op,
    menu::{Line, Menu},
    wish,
};
use rand::Rng;
use std::sync::PoisonError;

impl Errand<'_> {
    pub(super) async fn visit_home(&mut self) {
        let Some(guest) = self.guest() else { return };
        let path = if self.random.random_bool(0.2) { "/?q=pizza" } else { "/" };
        self.ask(Op::Home, "", &guest.browser, &Request::get(path)).await;
    }

    pub(super) async fn visit_restaurant(&mut self) {
        let Some(guest) = self.guest() else { return };
        let Some(terms) = self.restaurant() else { return };
        let request = Request::get(format!("/restaurants/{}", terms.slug));
        self.ask(Op::Page, &terms.slug, &guest.browser, &request).await;
    }

    pub(super) async fn read_menu(&mut self) {
        let Some(guest) = self.guest() else { return };
        let Some(terms) = self.restaurant() else { return };
        let request = Request::get(format!("/api/v1/restaurants/{}/menu", terms.slug));
        if let Some(answer) = self.ask(Op::Menu, &terms.slug, &guest.browser, &request).await
            && answer.status == 200
            && let Ok(menu) = serde_json::from_str::<Menu>(&answer.body)
        {
            self.crowd.remember(&terms.slug, menu);
        }
    }

    /// Adds to the guest's cart, looks at it, or empties it, so that it stays a cart that people have.
    pub(super) async fn fill_cart(&mut self) {
        let Some(guest) = self.guest() else { return };
        let Some(terms) = self.restaurant() else { return };
        let path = format!("/restaurants/{}/cart", terms.slug);
        let line = self.crowd.menu_of(&terms.slug).and_then(|menu| wish::basket(&menu, terms, &mut self.random));
        let request = match (self.random.random_range(0..4), line.and_then(|basket| basket.lines.into_iter().next())) {
            (0, _) => Request::get(&path),
            (1, _) | (_, None) => Request::form(&path, &[("action".to_owned(), "clear".to_owned())]),
            (_, Some(line)) => Request::form(&path, &adding(&line)),
        };
        let cookie = guest.cart.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let request = match cookie {
            Some(cookie) => request.with("cookie", cookie),
            None => request,
        };
        let answer = self.ask(Op::Cart, &terms.slug, &guest.browser, &request).await;
        if let Some(cookie) = answer.and_then(|answer| answer.cookie("toast_visitor")) {
            *guest.cart.lock().unwrap_or_else(PoisonError::into_inner) = Some(cookie);
        }
    }
}

/// The form that adds a dish.
pub(super) fn adding(line: &Line) -> Vec<(String, String)> {
    let field = |name: &str, value: String| (name.to_owned(), value);
    let mut fields = vec![
        field("action", "add".to_owned()),
        field("item", line.item.to_string()),
        field("variant", line.variant.to_string()),
        field("quantity", line.quantity.to_string()),
    ];
    fields.extend(line.modifiers.iter().map(|pick| (format!("count-{}", pick.modifier), pick.quantity.to_string())));
    fields
}
