//! The end of a shared screen: from the list, at the screen, by another start, and by time.

use super::{OTHER_PIN, PIN, board, id, location, screen, start, type_pin, with_pin, work, works};
use crate::{
    app::FRIDAY_EVENING,
    web::site::{Browser, TestServer, hidden},
};
use std::time::Duration;

/// Streams end within five seconds; a slow machine gets more.
const PATIENT: Duration = Duration::from_mins(1);

/// Reads a stream until it contains a text.
pub async fn read_until(response: &mut reqwest::Response, text: &str) {
    let mut seen = String::new();
    let reading = async {
        while !seen.contains(text) {
            let Some(chunk) = response.chunk().await.unwrap() else { break };
            seen.push_str(&String::from_utf8_lossy(&chunk));
        }
    };
    let in_time = tokio::time::timeout(PATIENT, reading).await.is_ok();
    assert!(in_time && seen.contains(text), "no {text} in {seen}");
}

#[tokio::test]
async fn a_screen_that_is_ended_from_the_list_shows_nothing_more() {
    let site = TestServer::start().await;
    drop(with_pin(&site, "owner", "Ada", PIN).await);
    let tablet = screen(&site, "Kitchen <b>", "kitchen").await;
    work(&site, &tablet, "owner", PIN).await;
    site.at(FRIDAY_EVENING.plus_minutes(10));
    assert_eq!(board(&site, &tablet).await.slug, site.app.slug);
    let mut stream = tablet.0.get(site.dashboard("/orders/events?after=0")).send().await.unwrap();
    read_until(&mut stream, "event: duty").await;
    let manager = Browser::new();
    site.sign_in_as(&manager, "manager").await;
    let page = manager.page(&site.dashboard("/screens")).await;
    for words in ["Kitchen &lt;b&gt;", "Working: ", "Ada", "Last seen just now", "after 15 minutes without"] {
        assert!(page.contains(words), "no {words} in {page}");
    }
    let screen = hidden(&page, "screen");
    let end = [("action", "end"), ("screen", &*screen)];
    let foreign = Browser::new();
    site.sign_in_elsewhere(&foreign, "owner").await;
    assert_eq!(foreign.post(&site.url("/dashboard/elsewhere/screens"), &end).await.status().as_u16() / 100, 4);
    assert_eq!(manager.post(&site.dashboard("/screens"), &end).await.status(), 303);
    assert_eq!(manager.post(&site.dashboard("/screens"), &end).await.status(), 409, "ended already");
    let ended = async { while let Ok(Some(_)) = stream.chunk().await {} };
    assert!(tokio::time::timeout(PATIENT, ended).await.is_ok(), "the stream goes on");
    assert!(location(&tablet.get(&site.dashboard("/orders")).await).starts_with("/sign-in"));
    assert_eq!(tablet.0.get(site.dashboard("/orders/snapshot")).send().await.unwrap().status(), 401);
    let member = id(&site, "owner").await;
    let form = [("action", "work"), ("member", &*member), ("pin", PIN)];
    assert_eq!(tablet.post_for_json(&site.dashboard("/who"), &form).await.status(), 401);
    assert_eq!(site.app.count("audit_log WHERE action = 'screen.ended' AND subject = 'Kitchen <b>'").await, 1);
}

#[tokio::test]
async fn owners_and_managers_end_it_at_the_screen_and_signing_out_does_not() {
    let site = TestServer::start().await;
    drop(with_pin(&site, "owner", "Ada", PIN).await);
    drop(with_pin(&site, "floor", "Bo", OTHER_PIN).await);
    let tablet = screen(&site, "Counter", "floor").await;
    let (who, end) = (site.dashboard("/who"), [("action", "end")]);
    assert_eq!(tablet.post(&site.url("/sign-out"), &[]).await.status(), 303);
    assert!(!works(&site, &tablet).await, "still the screen");
    assert_eq!(tablet.post_for_json(&who, &end).await.status(), 403, "no one works here");
    work(&site, &tablet, "floor", OTHER_PIN).await;
    assert_eq!(tablet.post(&who, &end).await.status(), 403);
    assert!(!tablet.page(&who).await.contains("End this shared screen"));
    assert_eq!(tablet.post(&who, &[("action", "leave")]).await.status(), 303);
    assert!(!works(&site, &tablet).await);
    work(&site, &tablet, "owner", PIN).await;
    assert!(tablet.page(&who).await.contains("End this shared screen"));
    let ended = tablet.post(&who, &end).await;
    assert_eq!((ended.status().as_u16(), location(&ended)), (303, "/sign-in"));
    assert_eq!(site.app.count("shared_screens").await, 0);
    assert!(location(&tablet.get(&site.dashboard("/orders")).await).starts_with("/sign-in"));
}

#[tokio::test]
async fn starting_signs_the_person_out_and_ends_the_screen_that_the_device_was() {
    let site = TestServer::start().await;
    let tablet = with_pin(&site, "owner", "Ada", PIN).await;
    assert_eq!(start(&site, &tablet, "Kitchen", "kitchen").await.status(), 303);
    assert!(location(&tablet.get(&site.url("/account")).await).starts_with("/sign-in"));
    assert_eq!(site.app.count("sessions").await, 0);
    assert!(tablet.page(&site.url("/sign-in")).await.contains("This device is the shared screen"));
    // A person who signs in there works in a session of their own until they sign out.
    site.sign_in_again(&tablet).await;
    assert_eq!(tablet.get(&site.dashboard("/team")).await.status(), 200);
    assert_eq!(tablet.post(&site.url("/sign-out"), &[]).await.status(), 303);
    assert!(!works(&site, &tablet).await);
    site.sign_in_again(&tablet).await;
    assert_eq!(start(&site, &tablet, "Counter", "floor").await.status(), 303);
    assert_eq!(site.app.count("shared_screens WHERE name = 'Counter'").await, 1);
    assert_eq!(site.app.count("shared_screens").await, 1);
}

#[tokio::test]
async fn ending_all_sessions_takes_a_person_off_the_screens() {
    let site = TestServer::start().await;
    let owner = with_pin(&site, "owner", "Ada", PIN).await;
    let tablet = screen(&site, "Kitchen", "kitchen").await;
    work(&site, &tablet, "owner", PIN).await;
    site.at(FRIDAY_EVENING.plus_minutes(1));
    assert_eq!(owner.post(&site.url("/account"), &[("action", "end_others")]).await.status(), 303);
    assert!(!works(&site, &tablet).await);
    work(&site, &tablet, "owner", PIN).await;
    assert!(works(&site, &tablet).await);
}

#[tokio::test]
async fn a_screen_that_is_not_used_ends_after_ninety_days() {
    const DAY: i64 = 24 * 60;
    let site = TestServer::start().await;
    drop(with_pin(&site, "owner", "Ada", PIN).await);
    let tablet = screen(&site, "Kitchen", "kitchen").await;
    assert_eq!(type_pin(&site, &tablet, "owner", "9517").await.status(), 422);
    for days in [89, 178] {
        site.at(FRIDAY_EVENING.plus_minutes(days * DAY));
        assert!(!works(&site, &tablet).await, "{days}");
    }
    site.at(FRIDAY_EVENING.plus_minutes(268 * DAY));
    assert!(location(&tablet.get(&site.dashboard("/orders")).await).starts_with("/sign-in"));
    assert_eq!(site.app.count("shared_screens").await, 1);
    server::accounts::sweep(&site.app.context).await.unwrap();
    assert_eq!(site.app.count("shared_screens").await + site.app.count("pin_tries").await, 0);
}
