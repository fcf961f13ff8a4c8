//! Registration, links of mails, passwords and sessions of people, through the pages.

mod links;
mod passkeys;
mod sessions;

use crate::web::site::{Browser, TestServer};
use reqwest::Response;
use sqlx::{Connection, PgConnection};

/// Meets the rules for new passwords.
const CHOSEN: &str = "purple kettle sings at noon";
const ADA: &str = "ada@kitchen.example";

/// A mail as stored.
#[derive(Debug, PartialEq, Eq)]
struct Mail {
    kind: String,
    text: String,
}

impl Mail {
    /// The path of its link to a page.
    fn link(&self, site: &TestServer, page: &str) -> String {
        let start = format!("{}{page}/", site.url(""));
        let at = self.text.find(&start).unwrap_or_else(|| panic!("no {start} in {}", self.text));
        self.text[at..].split_whitespace().next().unwrap().to_owned()
    }
}

/// The mails to an address, the oldest first.
async fn mails(site: &TestServer, email: &str) -> Vec<Mail> {
    let mut connection = PgConnection::connect(site.app.url()).await.unwrap();
    let rows: Vec<(String, String)> =
        sqlx::query_as("SELECT kind, text_body FROM mails WHERE email = $1 ORDER BY mail_id")
            .bind(email)
            .fetch_all(&mut connection)
            .await
            .unwrap();
    rows.into_iter().map(|(kind, text)| Mail { kind, text }).collect()
}

async fn latest(site: &TestServer, email: &str) -> Mail {
    mails(site, email).await.pop().unwrap_or_else(|| panic!("no mail to {email}"))
}

async fn register(site: &TestServer, browser: &Browser, email: &str, password: &str) -> Response {
    let form = [("name", "Ada"), ("email", email), ("password", password)];
    browser.post(&site.url("/register"), &form).await
}

/// Registers and confirms a person; the browser is signed in.
async fn arrive(site: &TestServer, browser: &Browser, email: &str) {
    assert_eq!(register(site, browser, email, CHOSEN).await.status(), 303);
    let link = latest(site, email).await.link(site, "/confirm");
    assert_eq!(browser.post(&link, &[]).await.status(), 303);
}

async fn sign_in(site: &TestServer, browser: &Browser, email: &str, password: &str) -> u16 {
    browser.post(&site.url("/sign-in"), &[("email", email), ("password", password)]).await.status().as_u16()
}

fn location(response: &Response) -> &str {
    response.headers()["location"].to_str().unwrap()
}

#[tokio::test]
async fn a_stranger_registers_confirms_and_is_told_the_next_step() {
    let site = TestServer::start().await;
    let browser = Browser::new();
    let page = browser.page(&site.url("/register")).await;
    assert!(page.contains("autocomplete=\"new-password\"") && page.contains("noindex"), "{page}");
    let sent = register(&site, &browser, " Ada@Kitchen.example ", CHOSEN).await;
    assert_eq!((sent.status().as_u16(), location(&sent)), (303, "/mail-sent"));
    let page = browser.page(&site.url("/mail-sent")).await;
    assert!(page.contains("We sent a mail to <bdi>ada@kitchen.example</bdi>"), "{page}");
    assert_eq!(site.app.count("staff_accounts").await, 0, "no account before the address is confirmed");
    assert_eq!(sign_in(&site, &browser, ADA, CHOSEN).await, 422);

    let mail = latest(&site, ADA).await;
    assert_eq!(mail.kind, "register");
    let link = mail.link(&site, "/confirm");
    // Programs that check mails follow the link.
    for _ in 0..2 {
        let page = browser.page(&link).await;
        assert!(page.contains("Confirm and sign in") && !page.contains("type=\"password\""), "{page}");
    }
    assert_eq!(site.app.count("staff_accounts").await, 0);
    let confirmed = browser.post(&link, &[]).await;
    assert_eq!((confirmed.status().as_u16(), location(&confirmed)), (303, "/dashboard"));
    let page = browser.page(&site.url("/dashboard")).await;
    assert!(page.contains("<bdi>Ada</bdi>") && page.contains("href=\"/restaurants/new\""), "{page}");
    assert_eq!(sign_in(&site, &Browser::new(), ADA, CHOSEN).await, 303);
    assert_eq!(site.app.count("staff_people WHERE email = 'ada@kitchen.example' AND NOT operator").await, 1);
}

#[tokio::test]
async fn registering_does_not_tell_who_has_an_account() {
    let site = TestServer::start().await;
    site.employ("owner").await;
    let known = site.email("owner");
    let mut answers = Vec::new();
    for email in [known.as_str(), ADA] {
        let browser = Browser::new();
        let sent = register(&site, &browser, email, CHOSEN).await;
        let names: Vec<_> = sent.cookies().map(|cookie| cookie.name().to_owned()).collect();
        let page = browser.page(&site.url("/mail-sent")).await.replace(email, "");
        answers.push((sent.status(), location(&sent).to_owned(), names, page));
        let sent = browser.post(&site.url("/forgot"), &[("email", email)]).await;
        answers.push((sent.status(), location(&sent).to_owned(), Vec::new(), String::new()));
    }
    assert_eq!(answers[0], answers[2]);
    assert_eq!(answers[1], answers[3]);
    assert_eq!(site.app.count("account_tokens").await, 4, "the same work for both");
    let mail = &mails(&site, &known).await[0];
    assert_eq!(mail.kind, "already_registered");
    assert!(mail.text.contains(&site.url("/sign-in")), "{}", mail.text);
    let reset = mail.link(&site, "/reset");
    assert_eq!(Browser::new().post(&reset, &[("password", CHOSEN)]).await.status(), 303);
    assert_eq!(sign_in(&site, &Browser::new(), &known, CHOSEN).await, 303);
    assert_eq!(
        mails(&site, ADA).await.iter().map(|mail| mail.kind.as_str()).collect::<Vec<_>>(),
        ["register", "no_account"]
    );
}

#[tokio::test]
async fn a_rejected_registration_says_what_to_change_and_keeps_what_was_typed() {
    let site = TestServer::start().await;
    let browser = Browser::new();
    let form = [("name", " "), ("email", "ada@"), ("password", "short")];
    let refused = browser.post(&site.url("/register"), &form).await;
    assert_eq!(refused.status(), 422);
    let page = refused.text().await.unwrap();
    for part in
        ["Enter your name", "name@example.org", "at least 10 characters", "value=\"ada@\"", "href=\"#password\""]
    {
        assert!(page.contains(part), "{part}: {page}");
    }
    assert!(!page.contains("value=\"short\""));
    for password in ["password123", "ada@kitchen.example1", "1234567890"] {
        let refused = register(&site, &browser, ADA, password).await;
        assert_eq!(refused.status(), 422, "{password}");
        assert!(!refused.text().await.unwrap().contains(password), "{password}");
    }
    assert_eq!(site.app.count("mails").await + site.app.count("account_tokens").await, 0);
}

#[tokio::test]
async fn mails_are_limited_by_receiver_and_by_network() {
    let site = TestServer::start_with(&["--trusted-proxies=127.0.0.1"]).await;
    let ask = async |page: &str, email: &str, from: &str| {
        let form = [("name", "Ada"), ("email", email), ("password", CHOSEN)];
        let request = Browser::new().form(&site.url(page), &form).header("x-forwarded-for", from.to_owned());
        request.header("accept", "text/html").send().await.unwrap()
    };
    for last in 1..=3 {
        assert_eq!(ask("/register", ADA, &format!("192.0.2.{last}")).await.status(), 303);
    }
    let refused = ask("/forgot", ADA, "192.0.2.9").await;
    assert_eq!((refused.status().as_u16(), refused.headers().contains_key("retry-after")), (429, true));
    assert!(refused.text().await.unwrap().contains("Too many attempts"));
    assert_eq!(mails(&site, ADA).await.len(), 3);
    let mut statuses = Vec::new();
    for guest in 0..14 {
        statuses.push(ask("/forgot", &format!("guest{guest}@kitchen.example"), "198.51.100.7").await.status().as_u16());
    }
    assert_eq!(statuses[..12], [303; 12]);
    assert_eq!(statuses[12..], [429; 2]);
    assert_eq!(ask("/forgot", "else@kitchen.example", "198.51.100.8").await.status(), 303);
    site.at(crate::app::FRIDAY_EVENING.plus_minutes(1));
    assert_eq!(ask("/forgot", ADA, "192.0.2.9").await.status(), 303, "the lock ends");
}

#[tokio::test]
async fn an_account_of_the_version_before_gets_its_row_when_it_signs_in() {
    let site = TestServer::start().await;
    let (first, second) = (Browser::new(), Browser::new());
    site.sign_in(&first).await;
    assert_eq!(site.app.count("staff_people").await, 1);
    assert_eq!(sign_in(&site, &second, &site.email("owner"), crate::web::site::PASSWORD).await, 303);
    assert_eq!(site.app.count("staff_people").await, 1);
    assert_eq!(first.get(&site.dashboard("/orders")).await.status(), 200, "the first session goes on");
}

#[tokio::test]
async fn nothing_of_people_is_kept_after_it_expired() {
    let site = TestServer::start().await;
    let browser = Browser::new();
    arrive(&site, &browser, ADA).await;
    register(&site, &browser, "eve@kitchen.example", CHOSEN).await;
    sign_in(&site, &browser, ADA, "wrong").await;
    let rows = async || {
        let tables = ["account_tokens", "sessions", "staff_sessions", "sign_in_tries"];
        futures::future::join_all(tables.map(|table| site.app.count(table))).await
    };
    let before = rows().await;
    assert!(before.iter().all(|rows| *rows > 0), "{before:?}");
    server::accounts::sweep(&site.app.context).await.unwrap();
    assert_eq!(rows().await, before);
    site.at(crate::app::FRIDAY_EVENING.plus_minutes(25 * 60));
    server::accounts::sweep(&site.app.context).await.unwrap();
    assert_eq!(rows().await, [0; 4]);
    assert_eq!(site.app.count("staff_accounts").await, 1);
}
