//! Customers browse and fill carts.

use super::{http::Request, operation::Operation, order_generator};
use crate::{
    history::RequestKind,
    menu::{Line, Menu},
};
use rand::Rng;
use std::sync::PoisonError;

impl Operation<'_> {
    pub(super) async fn visit_home(&mut self) {
        let Some(customer) = self.customer() else { return };
        let path = if self.random.random_bool(0.2) { "/?q=pizza" } else { "/" };
        self.send(RequestKind::Home, "", &customer.browser, &Request::get(path)).await;
    }

    pub(super) async fn visit_restaurant(&mut self) {
        let Some(customer) = self.customer() else { return };
        let Some(terms) = self.restaurant() else { return };
        let request = Request::get(format!("/restaurants/{}", terms.slug));
        self.send(RequestKind::Page, &terms.slug, &customer.browser, &request).await;
    }

    pub(super) async fn read_menu(&mut self) {
        let Some(customer) = self.customer() else { return };
        let Some(terms) = self.restaurant() else { return };
        let request = Request::get(format!("/api/v1/restaurants/{}/menu", terms.slug));
        if let Some(response) = self.send(RequestKind::Menu, &terms.slug, &customer.browser, &request).await
            && response.status == 200
            && let Ok(menu) = serde_json::from_str::<Menu>(&response.body)
        {
            self.generator.add_menu(&terms.slug, menu);
        }
    }

    /// Reads the customer's cart, clears it, or adds to it.
    pub(super) async fn change_cart(&mut self) {
        let Some(customer) = self.customer() else { return };
        let Some(terms) = self.restaurant() else { return };
        let path = format!("/restaurants/{}/cart", terms.slug);
        let menu = self.generator.menu_of(&terms.slug);
        let basket = menu.and_then(|menu| order_generator::basket(&menu, terms, &mut self.random));
        let line = basket.and_then(|basket| basket.lines.into_iter().next());
        let request = match (self.random.random_range(0..4), line) {
            (0, _) => Request::get(&path),
            (1, _) | (_, None) => Request::form(&path, &[("action".to_owned(), "clear".to_owned())]),
            (_, Some(line)) => Request::form(&path, &add_form(&line)),
        };
        let cookie = customer.cart.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let request = match cookie {
            Some(cookie) => request.with("cookie", cookie),
            None => request,
        };
        let response = self.send(RequestKind::Cart, &terms.slug, &customer.browser, &request).await;
        if let Some(cookie) = response.and_then(|response| response.cookie("toast_visitor")) {
            *customer.cart.lock().unwrap_or_else(PoisonError::into_inner) = Some(cookie);
        }
    }
}

/// Fields of the form that adds a line to a cart.
pub(super) fn add_form(line: &Line) -> Vec<(String, String)> {
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
