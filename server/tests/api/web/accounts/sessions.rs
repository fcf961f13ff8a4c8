//! The account page: name, address, password, and the list of sessions.

use super::{ADA, CHOSEN, arrive, latest, mails, sign_in};
use crate::{
    app::FRIDAY_EVENING,
    web::site::{Browser, TestServer},
};
use reqwest::{Response, header};
use std::time::Duration;

const OTHER: &str = "seven brown buttons rolling";
const EVE: &str = "eve@kitchen.example";
const PHONE: &str = "Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0";
/// Streams end within five seconds; a slow machine gets more.
const PATIENT: Duration = Duration::from_mins(1);

async fn change(site: &TestServer, browser: &Browser, fields: &[(&str, &str)]) -> Response {
    browser.post(&site.url("/account"), fields).await
}

async fn is_signed_in(site: &TestServer, browser: &Browser) -> bool {
    browser.get(&site.url("/dashboard")).await.status() == 200
}

/// Signs in with a phone.
async fn with_phone(site: &TestServer, email: &str, password: &str) -> Browser {
    let phone = Browser::new();
    let form = [("email", email), ("password", password)];
    let signed_in = phone.form(&site.url("/sign-in"), &form).header(header::USER_AGENT, PHONE).send().await.unwrap();
    assert_eq!(signed_in.status(), 303);
    phone
}

#[tokio::test]
async fn a_lost_device_is_found_in_the_list_and_signed_out() {
    let site = TestServer::start().await;
    let browser = Browser::new();
    arrive(&site, &browser, ADA).await;
    let phone = with_phone(&site, ADA, CHOSEN).await;
    site.at(FRIDAY_EVENING.plus_minutes(150));
    let page = browser.page(&site.url("/account")).await;
    for part in ["Firefox on Android", "An unknown device", "2 hours ago", "this one", ADA, "Sign out everywhere else"]
    {
        assert!(page.contains(part), "{part}: {page}");
    }
    assert_eq!(page.matches("this one").count(), 1);
    let session = crate::web::site::hidden(&page, "session");
    assert!(is_signed_in(&site, &phone).await);
    // A session of another person's is out of reach.
    let eve = Browser::new();
    arrive(&site, &eve, EVE).await;
    let form = [("action", "end_session"), ("session", session.as_str())];
    change(&site, &eve, &form).await;
    assert_eq!(site.app.count("sessions").await, 3);
    assert_eq!(change(&site, &browser, &form).await.status(), 303);
    assert!(!is_signed_in(&site, &phone).await && is_signed_in(&site, &browser).await);
    assert!(!browser.page(&site.url("/account?done=end_session")).await.contains("Firefox on Android"));
}

#[tokio::test]
async fn signing_out_everywhere_else_ends_streams_and_sessions_on_other_servers() {
    let site = TestServer::start().await;
    let browser = Browser::new();
    site.sign_in(&browser).await;
    let (email, password) = (site.email("owner"), crate::web::site::PASSWORD);
    let phone = with_phone(&site, &email, password).await;
    let mut stream = phone.0.get(site.dashboard("/orders/events?after=0")).send().await.unwrap();
    assert!(stream.chunk().await.unwrap().is_some());
    let done = change(&site, &browser, &[("action", "end_others")]).await;
    assert_eq!(done.status(), 303);
    let ended = async { while let Ok(Some(_)) = stream.chunk().await {} };
    assert!(tokio::time::timeout(PATIENT, ended).await.is_ok(), "the stream goes on");
    assert!(!is_signed_in(&site, &phone).await && is_signed_in(&site, &browser).await);
    // A server with a slower clock opens sessions that count.
    site.at(FRIDAY_EVENING.plus_minutes(-1));
    assert_eq!(sign_in(&site, &phone, &email, password).await, 303);
    assert!(is_signed_in(&site, &phone).await);
}

#[tokio::test]
async fn sessions_that_no_list_names_end_as_well() {
    let site = TestServer::start().await;
    let browser = Browser::new();
    arrive(&site, &browser, ADA).await;
    let phone = with_phone(&site, ADA, CHOSEN).await;
    site.app.sql("DELETE FROM staff_sessions").await;
    site.at(FRIDAY_EVENING.plus_minutes(1));
    assert_eq!(change(&site, &browser, &[("action", "end_others")]).await.status(), 303);
    assert_eq!(site.app.count("sessions").await, 3);
    // The server knew the session a moment ago. Like another one, it reads it again after some seconds.
    let signed_out = async {
        while is_signed_in(&site, &phone).await {
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    };
    assert!(tokio::time::timeout(PATIENT, signed_out).await.is_ok());
    assert_eq!(site.app.count("sessions").await, 2);
    assert!(is_signed_in(&site, &browser).await);
}

#[tokio::test]
async fn a_password_is_changed_with_the_current_one_only() {
    let site = TestServer::start().await;
    let (browser, phone) = (Browser::new(), Browser::new());
    arrive(&site, &browser, ADA).await;
    assert_eq!(sign_in(&site, &phone, ADA, CHOSEN).await, 303);
    let attempt = |current: &'static str, new: &'static str| {
        let form = [("action", "password"), ("current_password", current), ("password", new)];
        let (site, browser) = (&site, &browser);
        async move { change(site, browser, &form).await }
    };
    for (current, new, words) in
        [("wrong", OTHER, "not your current password"), (CHOSEN, "short", "at least 10 characters")]
    {
        let refused = attempt(current, new).await;
        assert_eq!(refused.status(), 422);
        assert!(refused.text().await.unwrap().contains(words), "{words}");
    }
    assert_eq!(attempt(CHOSEN, OTHER).await.status(), 303);
    assert!(is_signed_in(&site, &browser).await && !is_signed_in(&site, &phone).await);
    assert_eq!(latest(&site, ADA).await.kind, "password_changed");
    assert_eq!(sign_in(&site, &phone, ADA, CHOSEN).await, 422);
    assert_eq!(sign_in(&site, &phone, ADA, OTHER).await, 303);
    // Guesses at the current password count like those of sign-ins.
    let mut statuses = Vec::new();
    for _ in 0..6 {
        statuses.push(attempt("wrong", CHOSEN).await.status().as_u16());
    }
    assert_eq!(statuses[4..], [422, 429]);
}

#[tokio::test]
async fn an_address_changes_when_the_new_one_confirms_it() {
    let site = TestServer::start().await;
    let browser = Browser::new();
    arrive(&site, &browser, ADA).await;
    let ask = |password: &'static str, email: &'static str| {
        let form = [("action", "email"), ("email", email), ("email_password", password)];
        let (site, browser) = (&site, &browser);
        async move { change(site, browser, &form).await }
    };
    let refused = ask("wrong", EVE).await;
    assert_eq!(refused.status(), 422);
    assert!(refused.text().await.unwrap().contains(&format!("value=\"{EVE}\"")));
    assert_eq!(mails(&site, EVE).await.len(), 0);
    assert_eq!(ask(CHOSEN, EVE).await.status(), 303);
    assert_eq!(latest(&site, ADA).await.kind, "address_changes");
    assert_eq!(sign_in(&site, &Browser::new(), EVE, CHOSEN).await, 422, "not before it is confirmed");
    let link = latest(&site, EVE).await.link(&site, "/confirm-email");
    assert!(Browser::new().page(&link).await.contains("Confirm the address"));
    assert_eq!(Browser::new().post(&link, &[]).await.status(), 303);
    assert_eq!(sign_in(&site, &Browser::new(), EVE, CHOSEN).await, 303);
    assert_eq!(sign_in(&site, &Browser::new(), ADA, CHOSEN).await, 422);
    assert!(browser.page(&site.url("/account")).await.contains(EVE));
    assert_eq!(site.app.count("staff_accounts").await, 1);
    assert_eq!(Browser::new().get(&link).await.status(), 409);
}

#[tokio::test]
async fn an_address_of_another_account_is_not_taken_and_not_told() {
    let site = TestServer::start().await;
    let (browser, eve) = (Browser::new(), Browser::new());
    arrive(&site, &browser, ADA).await;
    arrive(&site, &eve, EVE).await;
    let form = [("action", "email"), ("email", EVE), ("email_password", CHOSEN)];
    assert_eq!(change(&site, &browser, &form).await.status(), 303);
    assert_eq!(latest(&site, EVE).await.kind, "address_taken");
    assert_eq!(site.app.count("staff_accounts").await, 2);
}

#[tokio::test]
async fn a_change_of_the_password_stops_a_change_of_the_address() {
    let site = TestServer::start().await;
    let browser = Browser::new();
    arrive(&site, &browser, ADA).await;
    change(&site, &browser, &[("action", "email"), ("email", EVE), ("email_password", CHOSEN)]).await;
    let link = latest(&site, EVE).await.link(&site, "/confirm-email");
    let form = [("action", "password"), ("current_password", CHOSEN), ("password", OTHER)];
    assert_eq!(change(&site, &browser, &form).await.status(), 303);
    assert_eq!(browser.post(&link, &[]).await.status(), 409);
    assert_eq!(sign_in(&site, &Browser::new(), ADA, OTHER).await, 303);
}

#[tokio::test]
async fn the_rest_of_an_interrupted_change_of_address_signs_in_no_more() {
    let site = TestServer::start().await;
    let browser = Browser::new();
    arrive(&site, &browser, ADA).await;
    // As if the server had stopped before it removed the old row.
    let copy = "INSERT INTO staff_accounts SELECT 'eve@kitchen.example', staff_id, name, password_hash, 0, NULL
                FROM staff_accounts";
    site.app.sql(copy).await;
    assert_eq!(sign_in(&site, &Browser::new(), ADA, CHOSEN).await, 303, "the person's address");
    site.app.sql("UPDATE staff_people SET email = 'eve@kitchen.example'").await;
    assert_eq!(sign_in(&site, &Browser::new(), ADA, CHOSEN).await, 422);
    assert_eq!(sign_in(&site, &Browser::new(), EVE, CHOSEN).await, 303);
    assert_eq!(site.app.count("staff_accounts").await, 1);
}

#[tokio::test]
async fn a_name_is_changed_and_shown_at_once() {
    let site = TestServer::start().await;
    let browser = Browser::new();
    arrive(&site, &browser, ADA).await;
    assert_eq!(change(&site, &browser, &[("action", "name"), ("name", "")]).await.status(), 422);
    let done = change(&site, &browser, &[("action", "name"), ("name", " Ada <b>Byron</b> ")]).await;
    assert_eq!(done.headers()["location"], "/account?done=name");
    let page = browser.page(&site.url("/dashboard")).await;
    assert!(page.contains("Ada &lt;b&gt;Byron&lt;/b&gt;"), "{page}");
    assert_eq!(change(&site, &browser, &[("action", "unknown")]).await.status(), 422);
    for stranger in [Browser::new().get(&site.url("/account")).await, change(&site, &Browser::new(), &[]).await] {
        assert_eq!((stranger.status().as_u16(), super::location(&stranger)), (303, "/sign-in?next=/account"));
    }
}
