//! People of restaurants as HTTP clients: they sign in and register, each from a network of their own.

use crate::failure::Failure;
use reqwest::{Client, RequestBuilder, redirect::Policy};
use std::{net::SocketAddr, time::Instant};

/// The owner of the measured restaurant in the demo.
const EMAIL: &str = "owner.luigis-hearth@toast.example";
const PASSWORD: &str = "toast-demo";
/// For [`register`]; meets the rules for new passwords.
const CHOSEN: &str = "purple kettle sings at noon";

/// A browser that stores cookies.
pub fn browser() -> Result<Client, Failure> {
    Ok(Client::builder().cookie_store(true).redirect(Policy::none()).build()?)
}

/// Signs a browser in as the owner. Attempts at the same time are counted by network, so each needs its own.
pub async fn sign_in(http: &Client, server: SocketAddr, network: usize) -> Result<(), Failure> {
    let form = [("email", EMAIL), ("password", PASSWORD)];
    done("a sign-in", from_network(http.post(format!("http://{server}/sign-in")), network).form(&form)).await
}

/// Signs in again and again, once at least; returns how often.
pub async fn sign_in_until(http: &Client, server: SocketAddr, network: usize, end: Instant) -> Result<usize, Failure> {
    let mut times = 0;
    while times == 0 || Instant::now() < end {
        sign_in(http, server, network).await?;
        times += 1;
    }
    Ok(times)
}

/// Registers a new address, which gets a mail.
pub async fn register(http: &Client, server: SocketAddr, number: usize) -> Result<(), Failure> {
    let email = format!("bench{number}@toast.example");
    let form = [("name", "Mara Lindqvist"), ("email", &email), ("password", CHOSEN)];
    done("a registration", from_network(http.post(format!("http://{server}/register")), number).form(&form)).await
}

/// As a page of Toast behind a proxy sends it.
fn from_network(request: RequestBuilder, number: usize) -> RequestBuilder {
    let address = format!("10.{}.{}.{}", (number >> 16) & 255, (number >> 8) & 255, number & 255);
    request.header("sec-fetch-site", "same-origin").header("x-forwarded-for", address)
}

async fn done(what: &str, request: RequestBuilder) -> Result<(), Failure> {
    let status = request.send().await?.status();
    if status == 303 { Ok(()) } else { Err(Failure::untrue(format!("{what} was answered with {status}"))) }
}
