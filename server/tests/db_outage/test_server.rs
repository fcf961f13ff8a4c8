//! A server with default settings, and a client that measures response times.

use crate::{
    app::{FRIDAY_EVENING, TestApp},
    guest,
};
use clap::Parser;
use reqwest::{Client, StatusCode, header::HeaderMap};
use server::{
    clock::Clock,
    config::Cli,
    startup::{self, Running},
};
use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};
use tokio::net::TcpListener;
use uuid::Uuid;

/// A running server.
pub struct TestServer {
    /// The server.
    pub server: Running,
    operators: SocketAddr,
    client: Client,
}

/// The response to an order.
pub struct Answer {
    pub status: StatusCode,
    /// The response time.
    pub after: Duration,
    come_again: bool,
}

impl Answer {
    /// Asserts a 503 with Retry-After within the limit.
    pub fn is_refused_within(&self, limit: Duration) {
        assert_eq!(self.status, StatusCode::SERVICE_UNAVAILABLE);
        assert!(self.come_again, "no Retry-After");
        assert!(self.after < limit, "refused after {:?}", self.after);
    }
}

impl TestServer {
    /// Starts with these settings.
    pub async fn open(arguments: &[&str]) -> Self {
        let fixed = ["toast", "--site-root=/nowhere", "--log=error"];
        let settings = Cli::try_parse_from(fixed.iter().chain(arguments)).unwrap().settings;
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let metrics = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let operators = metrics.local_addr().unwrap();
        let server = startup::serve(settings, Clock::fixed(FRIDAY_EVENING), listener, Some(metrics)).unwrap();
        Self { server, operators, client: Client::new() }
    }

    /// Orders at the fixture restaurant.
    pub async fn order(&self, app: &TestApp) -> Answer {
        self.order_at(&app.slug, &guest::pickup(app)).await
    }

    pub async fn order_at(&self, slug: &str, order: &app::domain::order::NewOrder) -> Answer {
        let begun = Instant::now();
        let url = format!("http://{}/api/v1/restaurants/{slug}/orders", self.server.addr);
        let key = Uuid::new_v4().to_string();
        let answer = self.client.post(url).header("idempotency-key", key).json(order).send().await.unwrap();
        let come_again = answer.headers().contains_key("retry-after");
        Answer { status: answer.status(), after: begun.elapsed(), come_again }
    }

    /// The address of a path.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.server.addr)
    }

    /// Reads the menu of the fixture restaurant.
    pub async fn menu(&self, app: &TestApp) -> StatusCode {
        self.get(&format!("/restaurants/{}", app.slug)).await
    }

    /// The status of a GET request.
    pub async fn get(&self, path: &str) -> StatusCode {
        self.client.get(format!("http://{}{path}", self.server.addr)).send().await.unwrap().status()
    }

    /// The body of a GET request.
    pub async fn text(&self, path: &str) -> String {
        self.client.get(format!("http://{}{path}", self.server.addr)).send().await.unwrap().text().await.unwrap()
    }

    /// The headers of a GET request.
    pub async fn headers(&self, path: &str) -> HeaderMap {
        self.client.get(format!("http://{}{path}", self.server.addr)).send().await.unwrap().headers().clone()
    }

    /// The body of a GET request to the operators' listener.
    pub async fn operators(&self, path: &str) -> String {
        self.client.get(format!("http://{}{path}", self.operators)).send().await.unwrap().text().await.unwrap()
    }
}

/// Waits until a condition is true, at most for the limit.
pub async fn eventually(limit: Duration, is_so: impl AsyncFn() -> bool) {
    let begun = Instant::now();
    while !is_so().await {
        assert!(begun.elapsed() < limit, "not so after {limit:?}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
