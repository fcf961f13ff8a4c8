//! A guest who orders under a marked name, and looks at the order: whatever carries the order carries the mark.

use crate::{
    drive::browser::{Answer, Browser, Place, Request},
    failure::Failure,
    menu::{Basket, Menu, Terms},
    wish,
};
use rand::{SeedableRng, rngs::StdRng};
use serde_json::{Value, json};
use std::sync::Arc;

/// Orders with the mark as name and note at the first restaurant that sells something, and answers where it did.
pub async fn leave(place: Place, terms: &[Terms], mark: &str) -> Result<String, Failure> {
    let browser = Browser::new(Arc::new(place), None);
    for one in terms {
        let menu = read_menu(&browser, one).await?;
        let mut random = StdRng::seed_from_u64(1);
        if let Some(basket) = wish::basket(&menu, one, &mut random) {
            order(&browser, one, &basket, mark).await?;
            return Ok(one.slug.clone());
        }
    }
    Err(Failure::wrong("the restaurants", "sell nothing"))
}

async fn read_menu(browser: &Browser, terms: &Terms) -> Result<Menu, Failure> {
    let path = format!("/api/v1/restaurants/{}/menu", terms.slug);
    let answer = ask(browser, &Request::get(&path)).await?;
    serde_json::from_str(&answer.body).map_err(|error| Failure::wrong(path, error))
}

async fn order(browser: &Browser, terms: &Terms, basket: &Basket, mark: &str) -> Result<(), Failure> {
    let path = format!("/api/v1/restaurants/{}/orders", terms.slug);
    let request = Request::json(&path, &body(basket, mark)).with("idempotency-key", mark);
    let placed = ask(browser, &request).await?.json();
    let token = placed.get("token").and_then(Value::as_str).unwrap_or_default();
    for path in [format!("/api/v1/orders/{token}"), format!("/orders/{token}")] {
        if !ask(browser, &Request::get(&path)).await?.body.contains(mark) {
            return Err(Failure::wrong("the order's page", "does not show the name of its guest"));
        }
    }
    Ok(())
}

fn body(basket: &Basket, mark: &str) -> Value {
    let mut body = json!({
        "lines": basket.lines,
        "mode": basket.mode,
        "contact": { "name": mark, "phone": "+49 30 5550142" },
        "tip_minor": basket.tip,
        "note": mark,
    });
    if let Some(fields) = body.as_object_mut() {
        if let Some(postcode) = &basket.postcode {
            fields.insert("address".to_owned(), json!({ "street": mark, "postcode": postcode, "city": "Town" }));
        }
        if let Some(table) = &basket.table {
            fields.insert("table".to_owned(), json!(table));
        }
    }
    body
}

async fn ask(browser: &Browser, request: &Request) -> Result<Answer, Failure> {
    match browser.send(request).await.outcome {
        Ok(answer) if answer.status < 300 => Ok(answer),
        Ok(answer) => Err(Failure::wrong(&request.path, format!("{}: {}", answer.status, answer.body))),
        Err(silence) => Err(Failure::wrong(&request.path, format!("{silence:?}"))),
    }
}
