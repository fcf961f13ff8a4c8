//! A canary order under a unique name: every packet that carries the order contains the name.

use super::{
    browser::{Browser, Site},
    http::{HttpResponse, Request},
    order_generator,
    orders::order_body,
};
use crate::menu::{Basket, Menu, Terms};
use rand::{SeedableRng, rngs::StdRng};
use serde_json::Value;
use std::sync::Arc;
use support::Error;

/// Places an order at the first restaurant with available items and reads it back; returns the restaurant's slug.
pub async fn place(site: Site, terms: &[Terms], marker: &str) -> Result<String, Error> {
    let browser = Browser::new(Arc::new(site), None);
    for one in terms {
        let menu = read_menu(&browser, one).await?;
        let mut random = StdRng::seed_from_u64(1);
        if let Some(basket) = order_generator::basket(&menu, one, &mut random) {
            order(&browser, one, &basket, marker).await?;
            return Ok(one.slug.clone());
        }
    }
    Err(Error::failed("the restaurants", "have no available items"))
}

async fn read_menu(browser: &Browser, terms: &Terms) -> Result<Menu, Error> {
    let path = format!("/api/v1/restaurants/{}/menu", terms.slug);
    let response = send(browser, &Request::get(&path)).await?;
    serde_json::from_str(&response.body).map_err(|error| Error::failed(path, error))
}

async fn order(browser: &Browser, terms: &Terms, basket: &Basket, marker: &str) -> Result<(), Error> {
    let path = format!("/api/v1/restaurants/{}/orders", terms.slug);
    let body = order_body(basket, marker, marker, marker);
    let placed = send(browser, &Request::json(&path, &body).with("idempotency-key", marker)).await?.json();
    let token = placed.get("token").and_then(Value::as_str).unwrap_or_default();
    for path in [format!("/api/v1/orders/{token}"), format!("/orders/{token}")] {
        if !send(browser, &Request::get(&path)).await?.body.contains(marker) {
            return Err(Error::failed(path, "does not show the customer's name"));
        }
    }
    Ok(())
}

async fn send(browser: &Browser, request: &Request) -> Result<HttpResponse, Error> {
    match browser.send(request).await.outcome {
        Ok(response) if response.status < 300 => Ok(response),
        Ok(response) => Err(Error::failed(&request.path, format!("{}: {}", response.status, response.body))),
        Err(error) => Err(Error::failed(&request.path, format!("{error:?}"))),
    }
}
