//! Customers place orders, and retry with the same idempotency key until the result is known.

use super::{
    browser::Browser,
    browsing::add_form,
    generator::Customer,
    http::{HttpResponse, Request},
    operation::{Operation, PendingRecord, write_outcome},
    order_generator,
};
use crate::{
    history::{Acknowledgement, RequestKind},
    menu::{Basket, Terms},
};
use rand::Rng;
use serde_json::{Value, json};

/// Share of orders with a wrong agreed total, which must be rejected.
const INVALID_SHARE: f64 = 0.04;

impl<'a> Operation<'a> {
    pub(super) async fn order_by_api(&mut self) {
        let Some(Customer { browser, .. }) = self.customer() else { return };
        let Some((terms, basket)) = self.draw_order() else { return };
        let mut body = order_body(&basket, "Mara Lindqvist", "Lindenstraße 4", &self.note());
        if let Some(fields) = body.as_object_mut().filter(|_| self.random.random_bool(INVALID_SHARE)) {
            fields.insert("agreed_total_minor".to_owned(), json!(1));
        }
        let path = format!("/api/v1/restaurants/{}/orders", terms.slug);
        let mut key = self.key();
        for attempt in 1.. {
            let mut pending = PendingRecord::new(RequestKind::Order, attempt, &terms.slug);
            pending.key = Some(key.clone());
            pending.basket = Some(basket.clone());
            let exchange = browser.send(&Request::json(&path, &body).with("idempotency-key", &key)).await;
            let outcome = write_outcome(&exchange, placed);
            self.record(pending, &exchange, outcome.clone());
            if !self.should_retry(&outcome, &exchange).await {
                return;
            }
            if self.generator.options.new_key_on_retry {
                key = self.key();
            }
        }
    }

    /// As a browser without scripts: cart, checkout page, form. Uses a new cart, as other operations change the customer's.
    pub(super) async fn order_by_form(&mut self) {
        let Some(Customer { browser, .. }) = self.customer() else { return };
        let Some((terms, mut basket)) = self.draw_order() else { return };
        basket.tip = 0;
        let Some(cookie) = self.fill_new_cart(browser, terms, &basket).await else { return };
        let path = format!("/restaurants/{}/checkout", terms.slug);
        let page = Request::get(&path).with("cookie", &cookie);
        let Some(page) = self.send(RequestKind::Checkout, &terms.slug, browser, &page).await else { return };
        let Some(order) = page.hidden("order") else { return };
        let mut fields = self.checkout_fields(&basket, order.clone());
        if let Some(agreed) = page.hidden("agreed") {
            fields.push(("agreed".to_owned(), agreed));
        }
        for attempt in 1.. {
            let mut pending = PendingRecord::new(RequestKind::Form, attempt, &terms.slug);
            pending.key = Some(order.clone());
            pending.basket = Some(basket.clone());
            let request = Request::form(&path, &fields).with("cookie", &cookie).with("accept", "application/json");
            let exchange = browser.send(&request).await;
            let outcome = write_outcome(&exchange, placed);
            self.record(pending, &exchange, outcome.clone());
            if !self.should_retry(&outcome, &exchange).await {
                return;
            }
        }
    }

    /// Returns the cart's cookie.
    async fn fill_new_cart(&self, browser: &Browser, terms: &Terms, basket: &Basket) -> Option<String> {
        let path = format!("/restaurants/{}/cart", terms.slug);
        let mut cookie: Option<String> = None;
        for line in &basket.lines {
            let mut request = Request::form(&path, &add_form(line));
            if let Some(cookie) = &cookie {
                request = request.with("cookie", cookie);
            }
            let response = self.send(RequestKind::Cart, &terms.slug, browser, &request).await?;
            if response.status >= 400 {
                return None;
            }
            cookie = cookie.or_else(|| response.cookie("toast_visitor"));
        }
        cookie
    }

    fn draw_order(&mut self) -> Option<(&'a Terms, Basket)> {
        let terms = self.restaurant()?;
        let menu = self.generator.menu_of(&terms.slug)?;
        let basket = order_generator::basket(&menu, terms, &mut self.random)?;
        Some((terms, basket))
    }

    fn checkout_fields(&self, basket: &Basket, order: String) -> Vec<(String, String)> {
        let field = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let mut fields = vec![
            ("order".to_owned(), order),
            field("mode", &basket.mode),
            field("due", "asap"),
            field("name", "Mara Lindqvist"),
            field("phone", "+49 30 5550142"),
            field("tip", "0"),
            ("note".to_owned(), self.note()),
        ];
        if let Some(postcode) = &basket.postcode {
            fields.extend([field("street", "Lindenstraße 4"), field("postcode", postcode), field("city", "Town")]);
        }
        if let Some(table) = &basket.table {
            fields.push(field("table", table));
        }
        fields
    }
}

/// The body of an order by the API.
pub(super) fn order_body(basket: &Basket, name: &str, street: &str, note: &str) -> Value {
    let mut body = json!({
        "lines": basket.lines,
        "mode": basket.mode,
        "contact": { "name": name, "phone": "+49 30 5550142" },
        "tip_minor": basket.tip,
        "note": note,
    });
    if let Some(fields) = body.as_object_mut() {
        if let Some(postcode) = &basket.postcode {
            let address = json!({ "street": street, "postcode": postcode, "city": "Town" });
            fields.insert("address".to_owned(), address);
        }
        if let Some(table) = &basket.table {
            fields.insert("table".to_owned(), json!(table));
        }
    }
    body
}

fn placed(response: &HttpResponse) -> Option<Acknowledgement> {
    let body = response.json();
    let order = body.get("id")?.as_str()?.parse().ok()?;
    let total = body.get("total")?.get("minor")?.as_i64()?;
    let replayed = body.get("replayed").and_then(Value::as_bool).unwrap_or_default();
    Some(Acknowledgement { status: response.status, order: Some(order), total: Some(total), version: None, replayed })
}
