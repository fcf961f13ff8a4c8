//! Access to staff pages, and redirects for others.

use crate::{
    kitchen::{Kitchen, cook},
    request::{Ask, Page, ask},
};
use app::{domain::error::AppError, services::Submission};
use axum::http::StatusCode;
use std::collections::BTreeMap;

async fn visit(path: &str, signed_in: bool) -> Page {
    let staff = signed_in.then(cook);
    ask(Kitchen::default(), Ask { path: path.to_owned(), staff, sent: None }).await
}

#[tokio::test]
async fn strangers_are_sent_to_sign_in_and_back() {
    for path in ["/dashboard", "/dashboard/napoli/orders", "/dashboard/napoli/menu"] {
        let page = visit(path, false).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER, "{path}");
        assert_eq!(page.location, Some(format!("/sign-in?next={path}")));
        assert!(!page.html.contains("Ada"), "{path}");
    }
}

#[tokio::test]
async fn staff_of_another_restaurant_are_refused() {
    for path in ["/dashboard/other/orders", "/dashboard/other/menu"] {
        let page = visit(path, true).await;
        assert_eq!(page.status, StatusCode::FORBIDDEN, "{path}");
        assert_eq!(page.location, None);
        assert!(!page.html.contains("Ada"), "{path}");
    }
}

#[tokio::test]
async fn the_dashboard_leads_to_each_restaurant() {
    let page = visit("/dashboard", true).await;
    page.keep("dashboard.html");
    assert_eq!(page.status, StatusCode::OK);
    for part in ["Rosa", "Napoli", "/dashboard/napoli/orders", "/dashboard/napoli/menu", "action=\"/sign-out\""] {
        assert!(page.html.contains(part), "{part}");
    }
}

#[tokio::test]
async fn signing_in_keeps_what_was_typed_except_the_password() {
    let fields = BTreeMap::from([
        ("email".to_owned(), vec!["rosa@\"napoli\".example".to_owned()]),
        ("password".to_owned(), vec!["hunter2-secret".to_owned()]),
        ("next".to_owned(), vec!["/dashboard/napoli/orders".to_owned()]),
    ]);
    let refused = AppError::invalid("password", "sign_in", "E-mail and password do not match.");
    let sent = Submission { fields, error: Some(refused) };
    let page = ask(Kitchen::default(), Ask { path: "/sign-in".into(), staff: None, sent: Some(sent) }).await;
    page.keep("sign-in.html");
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.html.contains("role=\"alert\"") && page.html.contains("do not match"));
    assert!(page.html.contains("rosa@&quot;napoli&quot;.example"));
    assert!(page.html.contains("value=\"/dashboard/napoli/orders\""));
    assert!(!page.html.contains("hunter2-secret"));
}

#[tokio::test]
async fn signing_in_never_leads_off_the_site() {
    let page = visit("/sign-in?next=//evil.example/", false).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(!page.html.contains("evil.example"));
    assert!(page.html.contains("value=\"/dashboard\""));
}

#[tokio::test]
async fn the_account_page_shows_where_its_person_is_signed_in() {
    let page = visit("/account", true).await;
    page.keep("account.html");
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.html.contains("rosa@napoli.example") && page.html.contains("this one"), "{}", page.html);
    assert!(page.html.contains("name=\"session\" value=\"bb\"") && !page.html.contains("value=\"aa\""));
    let stranger = visit("/account", false).await;
    assert_eq!(
        (stranger.status, stranger.location),
        (StatusCode::SEE_OTHER, Some("/sign-in?next=/account".to_owned()))
    );
}

#[tokio::test]
async fn a_link_that_does_not_work_leads_on() {
    for (path, way) in [("/confirm/x", "/register"), ("/reset/x", "/forgot"), ("/confirm-email/x", "/account")] {
        let page = visit(path, false).await;
        assert_eq!(page.status, StatusCode::NOT_FOUND, "{path}");
        assert!(page.html.contains(&format!("href=\"{way}\"")) && !page.html.contains("<form"), "{path}");
    }
    let page = visit("/reset/good", false).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.html.contains("action=\"/reset/good\"") && page.html.contains("rosa@napoli.example"));
}
