//! Links of mails: for one purpose, until a time, once.

use super::{ADA, CHOSEN, arrive, latest, mails, register, sign_in};
use crate::{
    app::FRIDAY_EVENING,
    web::site::{Browser, TestServer},
};

const OTHER: &str = "seven brown buttons rolling";

#[tokio::test]
async fn a_link_works_once_and_says_how_to_go_on_afterwards() {
    let site = TestServer::start().await;
    let browser = Browser::new();
    register(&site, &browser, ADA, CHOSEN).await;
    let confirm = latest(&site, ADA).await.link(&site, "/confirm");
    assert_eq!(browser.post(&confirm, &[]).await.status(), 303);
    browser.post(&site.url("/forgot"), &[("email", ADA)]).await;
    let reset = latest(&site, ADA).await.link(&site, "/reset");
    assert_eq!(browser.post(&reset, &[("password", OTHER)]).await.status(), 303);
    for (link, way) in [(&confirm, "href=\"/register\""), (&reset, "href=\"/forgot\"")] {
        for answer in [browser.get(link).await, browser.post(link, &[("password", "anything at all")]).await] {
            assert_eq!(answer.status(), 409, "{link}");
            let page = answer.text().await.unwrap();
            assert!(page.contains("used already") && page.contains(way), "{page}");
            assert!(page.contains("href=\"/sign-in\"") && !page.contains(ADA), "{page}");
        }
    }
    assert_eq!(sign_in(&site, &Browser::new(), ADA, OTHER).await, 303);
    assert_eq!(sign_in(&site, &Browser::new(), ADA, CHOSEN).await, 422);
}

#[tokio::test]
async fn a_foreign_or_altered_or_old_link_does_nothing() {
    let site = TestServer::start().await;
    let browser = Browser::new();
    register(&site, &browser, ADA, CHOSEN).await;
    let confirm = latest(&site, ADA).await.link(&site, "/confirm");
    let token = confirm.rsplit('/').next().unwrap();
    let other = if token.starts_with('A') { "B" } else { "A" };
    let altered = [format!("{other}{}", &token[1..]), token[..40].to_owned(), format!("{token}A"), "x".to_owned()];
    let mut wrong: Vec<String> = altered.iter().map(|token| format!("/confirm/{token}")).collect();
    wrong.extend([format!("/reset/{token}"), format!("/confirm-email/{token}")]);
    for path in wrong {
        for answer in
            [browser.get(&site.url(&path)).await, browser.post(&site.url(&path), &[("password", OTHER)]).await]
        {
            assert_eq!(answer.status(), 404, "{path}");
            let page = answer.text().await.unwrap();
            assert!(page.contains("not complete") && page.contains("href=\"/sign-in\""), "{path}: {page}");
        }
    }
    site.at(FRIDAY_EVENING.plus_minutes(24 * 60));
    for answer in [browser.get(&confirm).await, browser.post(&confirm, &[]).await] {
        assert_eq!(answer.status(), 409);
        assert!(answer.text().await.unwrap().contains("too old"));
    }
    assert_eq!(site.app.count("staff_accounts").await, 0);
    arrive(&site, &browser, ADA).await;
    browser.post(&site.url("/forgot"), &[("email", ADA)]).await;
    let reset = latest(&site, ADA).await.link(&site, "/reset");
    site.at(FRIDAY_EVENING.plus_minutes(25 * 60));
    assert_eq!(browser.post(&reset, &[("password", OTHER)]).await.status(), 409);
    assert_eq!(sign_in(&site, &browser, ADA, CHOSEN).await, 303);
}

#[tokio::test]
async fn confirming_twice_at_once_makes_one_account() {
    let site = TestServer::start().await;
    let browser = Browser::new();
    register(&site, &browser, ADA, CHOSEN).await;
    let link = latest(&site, ADA).await.link(&site, "/confirm");
    let answers = futures::future::join_all((0..6).map(|_| browser.post(&link, &[]))).await;
    let mut statuses: Vec<_> = answers.iter().map(|answer| answer.status().as_u16()).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [303, 409, 409, 409, 409, 409]);
    assert_eq!(site.app.count("staff_accounts").await, 1);
    assert_eq!((site.app.count("staff_people").await, site.app.count("sessions").await), (1, 1));
}

#[tokio::test]
async fn two_registrations_of_one_address_make_one_account() {
    let site = TestServer::start().await;
    let (first, second) = (Browser::new(), Browser::new());
    register(&site, &first, ADA, CHOSEN).await;
    register(&site, &second, ADA, OTHER).await;
    let links: Vec<_> = mails(&site, ADA).await.iter().map(|mail| mail.link(&site, "/confirm")).collect();
    assert_eq!(first.post(&links[0], &[]).await.status(), 303);
    let late = second.post(&links[1], &[]).await;
    assert_eq!(late.status(), 409);
    assert!(late.text().await.unwrap().contains("has an account already"));
    assert_eq!(sign_in(&site, &Browser::new(), ADA, CHOSEN).await, 303);
    assert_eq!(sign_in(&site, &Browser::new(), ADA, OTHER).await, 422);
}

/// Otherwise a stranger could register an address, and its owner would confirm an account with the stranger's password.
#[tokio::test]
async fn another_browser_than_the_one_that_registered_is_asked_for_the_password() {
    let site = TestServer::start().await;
    register(&site, &Browser::new(), ADA, CHOSEN).await;
    let link = latest(&site, ADA).await.link(&site, "/confirm");
    let elsewhere = Browser::new();
    assert!(elsewhere.page(&link).await.contains("type=\"password\""));
    for wrong in [&[][..], &[("password", OTHER)]] {
        let refused = elsewhere.post(&link, wrong).await;
        assert_eq!(refused.status(), 422);
        assert!(refused.text().await.unwrap().contains("not the password"));
    }
    assert_eq!(site.app.count("staff_accounts").await, 0);
    assert_eq!(elsewhere.post(&link, &[("password", CHOSEN)]).await.status(), 303);
    assert_eq!(elsewhere.get(&site.url("/dashboard")).await.status(), 200);
}

#[tokio::test]
async fn a_reset_ends_all_other_sessions_and_tells_the_owner() {
    let site = TestServer::start().await;
    let (owner, stranger) = (Browser::new(), Browser::new());
    arrive(&site, &owner, ADA).await;
    assert_eq!(sign_in(&site, &stranger, ADA, CHOSEN).await, 303);
    for _ in 0..2 {
        owner.post(&site.url("/forgot"), &[("email", ADA)]).await;
    }
    let sent = mails(&site, ADA).await;
    let [first, second] = [1, 2].map(|at: usize| sent[at].link(&site, "/reset"));
    let refused = owner.post(&second, &[("password", "short")]).await;
    assert_eq!(refused.status(), 422, "a rejected password does not use up the link");
    assert_eq!(owner.post(&second, &[("password", OTHER)]).await.status(), 303);
    assert_eq!(owner.get(&site.url("/dashboard")).await.status(), 200);
    assert_eq!(stranger.get(&site.url("/dashboard")).await.status(), 303);
    assert_eq!(latest(&site, ADA).await.kind, "password_changed");
    // The link that was sent before ended with it.
    assert_eq!(owner.get(&first).await.status(), 409);
    assert_eq!(owner.post(&first, &[("password", CHOSEN)]).await.status(), 409);
    assert_eq!(sign_in(&site, &stranger, ADA, CHOSEN).await, 422);
}
