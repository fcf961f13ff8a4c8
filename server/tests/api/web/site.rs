//! A server on its own port, and a browser without scripts.

use crate::app::{FRIDAY_EVENING, TestApp};
use app::domain::time::Timestamp;
use clap::Parser;
use reqwest::{Client, RequestBuilder, Response, header, redirect};
use server::{
    clock::Clock,
    config::Cli,
    startup::{self, Running},
};
use tokio::net::TcpListener;

/// Password of all accounts of the tests.
pub const PASSWORD: &str = "correct horse battery";

/// A server with the fixture restaurant.
pub struct TestServer {
    /// The use cases on the same database and at the same instant.
    pub app: TestApp,
    /// The server.
    pub server: Running,
    /// The server's clock; the use cases have another one.
    pub clock: Clock,
}

impl TestServer {
    /// Starts with these settings besides the database.
    pub async fn start_with(arguments: &[&str]) -> Self {
        Self::start_at(FRIDAY_EVENING, arguments).await
    }

    /// Starts at an instant.
    pub async fn start_at(now: Timestamp, arguments: &[&str]) -> Self {
        let app = TestApp::start().await;
        app.at(now);
        let clock = Clock::fixed(now);
        let server = serve(&app, &clock, arguments).await;
        Self { app, server, clock }
    }

    /// Another server on the same database and with the same clock.
    pub async fn second(&self, arguments: &[&str]) -> Running {
        serve(&self.app, &self.clock, arguments).await
    }

    /// Sets all clocks.
    pub fn at(&self, now: Timestamp) {
        self.app.at(now);
        self.clock.set(now);
    }

    /// Starts with the settings as they come.
    pub async fn start() -> Self {
        Self::start_with(&[]).await
    }

    /// The address of a path.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.server.addr)
    }

    /// A path of the fixture restaurant.
    pub fn restaurant(&self, path: &str) -> String {
        self.url(&format!("/restaurants/{}{path}", self.app.slug))
    }

    /// A path of the fixture restaurant's API.
    pub fn api(&self, path: &str) -> String {
        self.url(&format!("/api/v1/restaurants/{}{path}", self.app.slug))
    }

    /// A path of the fixture restaurant's dashboard.
    pub fn dashboard(&self, path: &str) -> String {
        self.url(&format!("/dashboard/{}{path}", self.app.slug))
    }

    /// Signs a browser in as the owner of the fixture restaurant.
    pub async fn sign_in(&self, browser: &Browser) {
        self.sign_in_as(browser, "owner").await;
    }

    /// Signs the owner in again, whose session has expired.
    pub async fn sign_in_again(&self, browser: &Browser) {
        let form = [("email", &*self.email("owner")), ("password", PASSWORD)];
        assert_eq!(browser.post(&self.url("/sign-in"), &form).await.status(), 303);
    }

    /// Signs a browser in with a role at the fixture restaurant.
    pub async fn sign_in_as(&self, browser: &Browser, role: &str) {
        self.employ(role).await;
        let email = self.email(role);
        let form = [("email", email.as_str()), ("password", PASSWORD)];
        let response = browser.post(&self.url("/sign-in"), &form).await;
        assert_eq!(response.status(), 303);
    }

    /// Signs a browser in with a role at another restaurant than the fixture.
    pub async fn sign_in_elsewhere(&self, browser: &Browser, role: &str) {
        let (staff, email) = (uuid::Uuid::new_v4(), format!("{role}.elsewhere@kitchen.example"));
        let hash = server::accounts::hash(PASSWORD).unwrap();
        let account = format!("INSERT INTO staff_accounts VALUES ('{email}', '{staff}', 'Cook', '{hash}', 0, NULL)");
        self.app.sql(&account).await;
        let elsewhere = uuid::Uuid::new_v4();
        let place = format!(
            "INSERT INTO staff_memberships VALUES ('{staff}', '{elsewhere}', 'elsewhere', 'Elsewhere', '{role}')"
        );
        self.app.sql(&place).await;
        let form = [("email", email.as_str()), ("password", PASSWORD)];
        assert_eq!(browser.post(&self.url("/sign-in"), &form).await.status(), 303);
    }

    /// The address of the account with a role at the fixture restaurant.
    pub fn email(&self, role: &str) -> String {
        format!("{role}.{}@kitchen.example", self.app.slug)
    }

    /// Creates an account with a role at the fixture restaurant.
    pub async fn employ(&self, role: &str) {
        let staff = uuid::Uuid::new_v4();
        let email = self.email(role);
        let hash = server::accounts::hash(PASSWORD).unwrap();
        let (slug, restaurant) = (&self.app.slug, self.app.restaurant);
        self.app
            .sql(&format!("INSERT INTO staff_accounts VALUES ('{email}', '{staff}', 'Cook', '{hash}', 0, NULL)"))
            .await;
        self.app
            .sql(&format!(
                "INSERT INTO staff_memberships VALUES ('{staff}', '{restaurant}', '{slug}', 'Corner', '{role}')"
            ))
            .await;
        self.app
            .sql(&format!(
                "INSERT INTO team_members VALUES ('{restaurant}', '{staff}', '{email}', 'Cook', '{role}', 'epoch')"
            ))
            .await;
    }
}

async fn serve(app: &TestApp, clock: &Clock, arguments: &[&str]) -> Running {
    let url = format!("--database-url={}", app.url());
    let fixed = ["toast", &url, "--site-root=/nowhere", "--log=error", "--read-deadline-ms=10000"];
    let settings = Cli::try_parse_from(fixed.iter().chain(arguments)).unwrap().settings;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    startup::serve(settings, clock.clone(), listener, None).unwrap()
}

/// A browser: it stores cookies, and returns redirects instead of following them.
pub struct Browser(pub Client);

impl Browser {
    /// A browser without cookies.
    pub fn new() -> Self {
        Self(Client::builder().cookie_store(true).redirect(redirect::Policy::none()).build().unwrap())
    }

    /// Sends a GET request.
    pub async fn get(&self, url: &str) -> Response {
        self.0.get(url).header(header::ACCEPT, "text/html").send().await.unwrap()
    }

    /// The body of a GET request.
    pub async fn page(&self, url: &str) -> String {
        self.get(url).await.text().await.unwrap()
    }

    /// Sends a form as one of our pages.
    pub fn form(&self, url: &str, fields: &[(&str, &str)]) -> RequestBuilder {
        self.0.post(url).header("sec-fetch-site", "same-origin").form(fields)
    }

    /// Sends a form and accepts HTML.
    pub async fn post(&self, url: &str, fields: &[(&str, &str)]) -> Response {
        self.form(url, fields).header(header::ACCEPT, "text/html").send().await.unwrap()
    }

    /// Sends a form and accepts JSON, as islands do.
    pub async fn post_for_json(&self, url: &str, fields: &[(&str, &str)]) -> Response {
        self.form(url, fields).header(header::ACCEPT, "application/json").send().await.unwrap()
    }
}

/// The value of a hidden field.
pub fn hidden(page: &str, name: &str) -> String {
    let marker = format!("name=\"{name}\" value=\"");
    let rest = page.split_once(&marker).unwrap_or_else(|| panic!("no field {name}")).1;
    rest.split('"').next().unwrap().to_owned()
}
