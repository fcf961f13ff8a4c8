//! Guests who order: with a key of their own, and again with the same key until somebody says what became of it.

use super::{Account, Errand, Guest, browsing::adding, writing_outcome};
use crate::{
    drive::browser::{Answer, Browser, Request},
    history::{Done, Op, Outcome},
    menu::{Basket, Terms},
    wish,
};
use rand::Rng;
use serde_json::{Value, json};
use uuid::Uuid;

/// One of so many orders is wrong on purpose: it must be refused, and leave nothing behind.
const WRONG: f64 = 0.04;

impl<'a> Errand<'a> {
    pub(super) async fn order_by_api(&mut self) {
        let Some(Guest { browser, .. }) = self.guest() else { return };
        let Some((terms, basket)) = self.fancy() else { return };
        let body = self.body(&basket);
        let path = format!("/api/v1/restaurants/{}/orders", terms.slug);
        let mut key = self.key();
        for attempt in 1.. {
            let mut account = Account::of(Op::Order, attempt, &terms.slug);
            account.key = Some(key.clone());
            account.basket = Some(basket.clone());
            let request = Request::json(&path, &body).with("idempotency-key", &key);
            let exchange = browser.send(&request).await;
            let outcome = writing_outcome(&exchange, placed);
            let open = is_open(&outcome);
            self.tell(account, &exchange, outcome);
            if !open || !self.may_retry(&exchange).await {
                return;
            }
            if self.crowd.plan.new_key_on_retry {
                key = self.key();
            }
        }
    }

    /// As a browser without scripts does it: cart, checkout page, form. A cart of its own, so that no other wish empties it.
    pub(super) async fn order_by_form(&mut self) {
        let Some(Guest { browser, .. }) = self.guest() else { return };
        let Some((terms, mut basket)) = self.fancy() else { return };
        basket.tip = 0;
        let Some(cookie) = self.carry_to_checkout(browser, terms, &basket).await else { return };
        let path = format!("/restaurants/{}/checkout", terms.slug);
        let page = Request::get(&path).with("cookie", &cookie);
        let Some(page) = self.ask(Op::Checkout, &terms.slug, browser, &page).await else { return };
        let Some(order) = page.hidden("order") else { return };
        let mut fields = self.fields(&basket, order.clone());
        if let Some(agreed) = page.hidden("agreed") {
            fields.push(("agreed".to_owned(), agreed));
        }
        for attempt in 1.. {
            let mut account = Account::of(Op::Form, attempt, &terms.slug);
            account.key = Some(order.clone());
            account.basket = Some(basket.clone());
            let request = Request::form(&path, &fields).with("cookie", &cookie).with("accept", "application/json");
            let exchange = browser.send(&request).await;
            let outcome = writing_outcome(&exchange, placed);
            let open = is_open(&outcome);
            self.tell(account, &exchange, outcome);
            if !open || !self.may_retry(&exchange).await {
                return;
            }
        }
    }

    /// Puts every dish into a new cart; answers the cookie that names it.
    async fn carry_to_checkout(&self, browser: &Browser, terms: &Terms, basket: &Basket) -> Option<String> {
        let path = format!("/restaurants/{}/cart", terms.slug);
        let mut cookie: Option<String> = None;
        for line in &basket.lines {
            let mut request = Request::form(&path, &adding(line));
            if let Some(cookie) = &cookie {
                request = request.with("cookie", cookie);
            }
            let answer = self.ask(Op::Cart, &terms.slug, browser, &request).await?;
            if answer.status >= 400 {
                return None;
            }
            cookie = cookie.or_else(|| answer.cookie("toast_visitor"));
        }
        cookie
    }

    fn fancy(&mut self) -> Option<(&'a Terms, Basket)> {
        let terms = self.restaurant()?;
        let menu = self.crowd.menu_of(&terms.slug)?;
        let basket = wish::basket(&menu, terms, &mut self.random)?;
        Some((terms, basket))
    }

    /// Drawn like everything else, but no other run's: a key names one request for ever.
    pub(super) fn key(&mut self) -> String {
        let drawn = Uuid::from_u128(self.random.random()).to_string();
        format!("{}{}", self.crowd.run.mark, drawn.get(8..).unwrap_or_default())
    }

    /// How the order is found in the database, whatever became of its key.
    fn mark(&self) -> String {
        format!("chaos {} {}", self.crowd.run.mark, self.arrival.wish)
    }

    fn body(&mut self, basket: &Basket) -> Value {
        let mut body = json!({
            "lines": basket.lines,
            "mode": basket.mode,
            "contact": { "name": "Mara Lindqvist", "phone": "+49 30 5550142" },
            "tip_minor": basket.tip,
            "note": self.mark(),
        });
        if let Some(fields) = body.as_object_mut() {
            if let Some(postcode) = &basket.postcode {
                let address = json!({ "street": "Lindenstraße 4", "postcode": postcode, "city": "Town" });
                fields.insert("address".to_owned(), address);
            }
            if let Some(table) = &basket.table {
                fields.insert("table".to_owned(), json!(table));
            }
            if self.random.random_bool(WRONG) {
                fields.insert("agreed_total_minor".to_owned(), json!(1));
            }
        }
        body
    }

    fn fields(&self, basket: &Basket, order: String) -> Vec<(String, String)> {
        let field = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let mut fields = vec![
            ("order".to_owned(), order),
            field("mode", &basket.mode),
            field("due", "asap"),
            field("name", "Mara Lindqvist"),
            field("phone", "+49 30 5550142"),
            field("tip", "0"),
            ("note".to_owned(), self.mark()),
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

/// Whether the same request may still come to something.
pub(super) const fn is_open(outcome: &Outcome) -> bool {
    match outcome {
        Outcome::Unknown { .. } | Outcome::Failed { .. } => true,
        Outcome::Refused { status, .. } => *status == 429,
        Outcome::Ok(_) | Outcome::Shed => false,
    }
}

/// What the acknowledgement of an order says; nothing when it does not name one.
fn placed(answer: &Answer) -> Option<Done> {
    let body = answer.json();
    let order = body.get("id")?.as_str()?.parse().ok()?;
    let total = body.get("total")?.get("minor")?.as_i64()?;
    let replayed = body.get("replayed").and_then(Value::as_bool).unwrap_or_default();
    Some(Done { status: answer.status, order: Some(order), total: Some(total), version: None, replayed })
}
