//! People of restaurants as HTTP clients: they sign in and register, each from a network of their own.

use crate::failure::Failure;
use reqwest::{Client, RequestBuilder, StatusCode, redirect::Policy};
use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

/// The owner of the measured restaurant in the demo.
const EMAIL: &str = "owner.luigis-hearth@toast.example";
const PASSWORD: &str = "toast-demo";
/// For [`register`]; meets the rules for new passwords.
const CHOSEN: &str = "purple kettle sings at noon";

/// Before a sign-in that was refused is tried again.
const PAUSE: Duration = Duration::from_secs(1);

/// A browser that stores cookies.
pub fn browser() -> Result<Client, Failure> {
    Ok(Client::builder().cookie_store(true).redirect(Policy::none()).build()?)
}

/// Sign-ins of a round.
#[derive(Debug, Clone, Copy, Default)]
pub struct SignIns {
    pub opened: usize,
    /// Told to come again, since too many were waiting.
    pub refused: usize,
}

/// Signs a browser in as the owner.
pub async fn sign_in(http: &Client, server: SocketAddr) -> Result<(), Failure> {
    done("a sign-in", attempt(http, server, 0).send().await?.status())
}

/// Signs in again and again, once at least. Attempts at the same time are counted by network, so each person needs one.
pub async fn sign_in_until(
    http: &Client,
    server: SocketAddr,
    network: usize,
    end: Instant,
) -> Result<SignIns, Failure> {
    let mut sign_ins = SignIns::default();
    while sign_ins.opened == 0 || Instant::now() < end {
        match attempt(http, server, network).send().await?.status() {
            StatusCode::SERVICE_UNAVAILABLE => {
                sign_ins.refused += 1;
                tokio::time::sleep(PAUSE).await;
            }
            status => {
                done("a sign-in", status)?;
                sign_ins.opened += 1;
            }
        }
    }
    Ok(sign_ins)
}

fn attempt(http: &Client, server: SocketAddr, network: usize) -> RequestBuilder {
    let form = [("email", EMAIL), ("password", PASSWORD)];
    from_network(http.post(format!("http://{server}/sign-in")), network).form(&form)
}

/// Registers a new address, which gets a mail.
pub async fn register(http: &Client, server: SocketAddr, number: usize) -> Result<(), Failure> {
    let email = format!("bench{number}@toast.example");
    let form = [("name", "Mara Lindqvist"), ("email", &email), ("password", CHOSEN)];
    let request = from_network(http.post(format!("http://{server}/register")), number).form(&form);
    done("a registration", request.send().await?.status())
}

/// As a page of Toast behind a proxy sends it.
fn from_network(request: RequestBuilder, number: usize) -> RequestBuilder {
    let address = format!("10.{}.{}.{}", (number >> 16) & 255, (number >> 8) & 255, number & 255);
    request.header("sec-fetch-site", "same-origin").header("x-forwarded-for", address)
}

fn done(what: &str, status: StatusCode) -> Result<(), Failure> {
    if status == StatusCode::SEE_OTHER {
        Ok(())
    } else {
        Err(Failure::untrue(format!("{what} was answered with {status}")))
    }
}
