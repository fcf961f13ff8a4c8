//! Shared screens over HTTP: who works at one, what they may do there, and how it ends.

mod ends;
mod pins;

use crate::{
    app::FRIDAY_EVENING,
    guest,
    web::{
        site::{Browser, TestServer, hidden},
        text_of,
    },
};
use app::domain::board::{Board, Ticket};
use reqwest::Response;

const PIN: &str = "4719";
const OTHER_PIN: &str = "830265";

/// A person with a role, signed in on a device of their own.
async fn person(site: &TestServer, role: &str, name: &str) -> Browser {
    let browser = Browser::new();
    site.sign_in_as(&browser, role).await;
    let form = [("action", "name"), ("name", name)];
    assert_eq!(browser.post(&site.url("/account"), &form).await.status(), 303);
    browser
}

async fn set_pin(site: &TestServer, browser: &Browser, pin: &str) -> Response {
    browser.post(&site.dashboard("/pin"), &[("action", "set"), ("pin", pin), ("pin_again", pin)]).await
}

/// A person with a PIN.
async fn with_pin(site: &TestServer, role: &str, name: &str, pin: &str) -> Browser {
    let browser = person(site, role, name).await;
    assert_eq!(set_pin(site, &browser, pin).await.status(), 303);
    browser
}

async fn start(site: &TestServer, browser: &Browser, name: &str, role: &str) -> Response {
    let form = [("action", "start"), ("name", name), ("role", role), ("minutes", "15")];
    browser.post(&site.dashboard("/screens"), &form).await
}

/// A tablet that an owner, who is known already, made a shared screen.
async fn screen(site: &TestServer, name: &str, role: &str) -> Browser {
    let tablet = Browser::new();
    site.sign_in_again(&tablet).await;
    let started = start(site, &tablet, name, role).await;
    assert_eq!(started.status(), 303, "{}", started.text().await.unwrap());
    tablet
}

async fn id(site: &TestServer, role: &str) -> String {
    let email = site.email(role);
    text_of(site, &format!("SELECT staff_id::text FROM team_members WHERE email = '{email}'")).await.unwrap()
}

/// Types a PIN for the person with a role.
async fn type_pin(site: &TestServer, tablet: &Browser, role: &str, pin: &str) -> Response {
    let member = id(site, role).await;
    tablet.post(&site.dashboard("/who"), &[("action", "work"), ("member", &*member), ("pin", pin)]).await
}

async fn work(site: &TestServer, tablet: &Browser, role: &str, pin: &str) {
    let begun = type_pin(site, tablet, role, pin).await;
    assert_eq!(begun.status(), 303, "{}", begun.text().await.unwrap());
}

fn location(response: &Response) -> &str {
    response.headers().get("location").map_or("", |to| to.to_str().unwrap())
}

async fn board(site: &TestServer, browser: &Browser) -> Board {
    browser.0.get(site.dashboard("/orders/snapshot")).send().await.unwrap().json().await.unwrap()
}

/// Whether a person works at the screen, as its board says.
async fn works(site: &TestServer, tablet: &Browser) -> bool {
    let page = tablet.page(&site.dashboard("/orders")).await;
    assert!(page.contains("Working: ") != page.contains("No one works here now."), "{page}");
    page.contains("Working: ")
}

#[tokio::test]
async fn an_order_and_the_log_name_the_person_who_typed_the_pin() {
    let site = TestServer::start().await;
    let owner = with_pin(&site, "owner", "Ada", PIN).await;
    let cook = with_pin(&site, "kitchen", "Cem <b>", OTHER_PIN).await;
    let tablet = screen(&site, "Kitchen tablet", "kitchen").await;
    let placed = guest::place(&site.app, &guest::pickup(&site.app)).await.unwrap();
    // The board shows the orders to everyone in front of it; a person who does something says first who they are.
    assert!(!works(&site, &tablet).await);
    let ticket = board(&site, &tablet).await.tickets.remove(0);
    assert_eq!(ticket.number, placed.number);
    let (order, version) = (ticket.id.to_string(), ticket.version.to_string());
    let accept = [("order", &*order), ("verb", "accept"), ("version", &*version), ("minutes", "20"), ("key", "k1")];
    let asked = tablet.post(&site.dashboard("/orders"), &accept).await;
    let slug = &site.app.slug;
    let who = format!("/dashboard/{slug}/who?next=/dashboard/{slug}/orders");
    assert_eq!((asked.status().as_u16(), location(&asked)), (303, &*who));
    let program = tablet.post_for_json(&site.dashboard("/orders"), &accept).await;
    assert_eq!(program.status(), 403);
    assert_eq!(program.json::<serde_json::Value>().await.unwrap()["code"], "no_person_at_screen");
    // The alarm is silenced by anyone: that changes no order.
    assert_eq!(tablet.post(&site.dashboard("/orders/acknowledge"), &[("seen", "1")]).await.status(), 303);
    let names = tablet.page(&site.url(&who)).await;
    assert!(names.contains("Ada") && names.contains("Cem &lt;b&gt;") && !names.contains("name=\"pin\""), "{names}");
    let member = id(&site, "kitchen").await;
    let page = tablet.page(&site.url(&format!("{who}&member={member}"))).await;
    assert!(page.contains("name=\"pin\"") && hidden(&page, "member") == member, "{page}");
    let form = [("action", "work"), ("member", &*member), ("pin", OTHER_PIN), ("next", &*hidden(&page, "next"))];
    let begun = tablet.post(&site.dashboard("/who"), &form).await;
    assert_eq!((begun.status().as_u16(), location(&begun)), (303, &*format!("/dashboard/{slug}/orders")));
    let page = tablet.page(&site.dashboard("/orders")).await;
    assert!(page.contains("Working: ") && page.contains("Cem &lt;b&gt;") && page.contains("Switch"), "{page}");
    let moved = tablet.post_for_json(&site.dashboard("/orders"), &accept).await;
    assert_eq!(moved.status(), 200);
    let moved: Ticket = moved.json().await.unwrap();
    // Another person continues.
    work(&site, &tablet, "owner", PIN).await;
    let version = moved.version.to_string();
    let finish = [("order", &*order), ("verb", "finish"), ("version", &*version), ("key", "k2")];
    assert_eq!(tablet.post(&site.dashboard("/orders"), &finish).await.status(), 303);
    let history = owner.page(&site.dashboard(&format!("/history/{order}"))).await;
    assert!(history.contains("Cem &lt;b&gt;") && history.contains("Ada"), "{history}");
    for role in ["kitchen", "owner"] {
        let events = format!("order_events WHERE staff_id = '{}'", id(&site, role).await);
        assert_eq!(site.app.count(&events).await, 1, "{role}");
    }
    let log = owner.page(&site.dashboard("/log")).await;
    for words in ["started the shared screen", "Kitchen tablet", "set their PIN for shared screens"] {
        assert!(log.contains(words), "no {words} in {log}");
    }
    assert!(!log.contains(PIN) && !log.contains(OTHER_PIN));
    drop(cook);
}

#[tokio::test]
async fn a_person_may_do_at_a_screen_what_both_roles_allow() {
    let site = TestServer::start().await;
    drop(with_pin(&site, "owner", "Ada", PIN).await);
    drop(with_pin(&site, "kitchen", "Cem", OTHER_PIN).await);
    let item = site.app.item("marinara").to_string();
    let sold_out = [("change", "item_sold_out"), ("target", &*item), ("value", "today")];
    let rename = [("change", "rename_item"), ("target", &*item), ("value", "Mine")];
    for (screen_role, person, pin, marks) in [
        ("floor", "owner", PIN, 303),
        ("floor", "kitchen", OTHER_PIN, 403),
        ("kitchen", "owner", PIN, 403),
        ("kitchen", "kitchen", OTHER_PIN, 403),
    ] {
        let tablet = screen(&site, &format!("{screen_role} for {person}"), screen_role).await;
        let asked = tablet.post(&site.dashboard("/menu"), &sold_out).await;
        assert_eq!(asked.status(), if screen_role == "floor" { 303 } else { 403 });
        assert_eq!(location(&asked).contains("/who?next="), screen_role == "floor");
        work(&site, &tablet, person, pin).await;
        assert_eq!(tablet.post(&site.dashboard("/menu"), &sold_out).await.status(), marks, "{screen_role} {person}");
        assert_eq!(tablet.post(&site.dashboard("/menu"), &rename).await.status(), 403, "{screen_role} {person}");
        for page in ["/settings/general", "/takings", "/takings.csv", "/team", "/log", "/setup"] {
            assert_eq!(tablet.get(&site.dashboard(page)).await.status(), 403, "{page}");
        }
        // All that belongs to a person, and to their other restaurants, is out of reach with a PIN.
        for own in ["/account", "/dashboard", "/restaurants/new"] {
            assert!(location(&tablet.get(&site.url(own)).await).starts_with("/sign-in"), "{own}");
        }
        for own in ["/screens", "/pin"] {
            assert!(location(&tablet.get(&site.dashboard(own)).await).starts_with("/sign-in"), "{own}");
        }
        let board = tablet.page(&site.dashboard("/orders")).await;
        assert!(
            !board.contains("Sign out") && !board.contains("/account\"") && !board.contains("/settings/"),
            "{board}"
        );
        assert_eq!(board.contains(&format!("href=\"/dashboard/{}/menu\"", site.app.slug)), marks == 303, "{board}");
    }
}

#[tokio::test]
async fn a_changed_role_counts_at_once_and_a_removed_person_is_off_the_screen() {
    let site = TestServer::start().await;
    let owner = person(&site, "owner", "Ada").await;
    drop(with_pin(&site, "floor", "Bodil", PIN).await);
    let tablet = screen(&site, "Counter", "floor").await;
    work(&site, &tablet, "floor", PIN).await;
    assert_eq!(tablet.get(&site.dashboard("/menu")).await.status(), 200);
    let bo = id(&site, "floor").await;
    let form = [("action", "role"), ("member", &*bo), ("role", "kitchen")];
    assert_eq!(owner.post(&site.dashboard("/team"), &form).await.status(), 303);
    assert_eq!(tablet.get(&site.dashboard("/menu")).await.status(), 403);
    assert!(works(&site, &tablet).await);
    // A membership that was ended while the list of the team could not be written.
    site.app.sql(&format!("DELETE FROM staff_memberships WHERE staff_id = '{bo}'")).await;
    assert!(!works(&site, &tablet).await);
    assert_eq!(type_pin(&site, &tablet, "floor", PIN).await.status(), 422);
    assert!(!owner.page(&site.dashboard("/team")).await.contains("Bodil"));
    assert_eq!(site.app.count("pins").await, 0, "removed with the view that completes the list");

    drop(with_pin(&site, "kitchen", "Cem", OTHER_PIN).await);
    work(&site, &tablet, "kitchen", OTHER_PIN).await;
    let cem = id(&site, "kitchen").await;
    assert_eq!(owner.post(&site.dashboard("/team"), &[("action", "remove"), ("member", &*cem)]).await.status(), 303);
    assert!(!works(&site, &tablet).await);
    assert!(!tablet.page(&site.dashboard("/who")).await.contains("Cem"));
    let form = [("action", "work"), ("member", &*cem), ("pin", OTHER_PIN)];
    assert_eq!(tablet.post(&site.dashboard("/who"), &form).await.status(), 422);
    assert_eq!(site.app.count("pins").await + site.app.count("pin_tries").await, 0);
}

#[tokio::test]
async fn a_person_who_does_nothing_is_off_the_screen() {
    let site = TestServer::start().await;
    drop(with_pin(&site, "owner", "Ada", PIN).await);
    let tablet = screen(&site, "Kitchen tablet", "kitchen").await;
    work(&site, &tablet, "owner", PIN).await;
    let mut stream = tablet.0.get(site.dashboard("/orders/events?after=0")).send().await.unwrap();
    ends::read_until(&mut stream, "event: duty\ndata: {\"name\":\"Ada\"}").await;
    let after = |minutes| FRIDAY_EVENING.plus_minutes(minutes);
    site.at(after(14));
    assert!(works(&site, &tablet).await);
    assert_eq!(tablet.post(&site.dashboard("/orders/acknowledge"), &[("seen", "0")]).await.status(), 303);
    site.at(after(28));
    // The board reloads itself, which is no action.
    assert!(works(&site, &tablet).await);
    site.at(after(29));
    assert!(!works(&site, &tablet).await);
    ends::read_until(&mut stream, "event: duty\ndata: {\"name\":null}").await;
    let ack = tablet.post(&site.dashboard("/orders/acknowledge"), &[("seen", "0")]).await;
    assert_eq!(ack.status(), 303);
    assert!(!works(&site, &tablet).await, "silencing the alarm brings no one back");
}

#[tokio::test]
async fn a_screen_belongs_to_its_restaurant() {
    let site = TestServer::start().await;
    let owner = with_pin(&site, "owner", "Ada", PIN).await;
    let tablet = screen(&site, "Kitchen tablet", "kitchen").await;
    work(&site, &tablet, "owner", PIN).await;
    // The same owner has another restaurant.
    let elsewhere = site.app.import(&crate::app::TestApp::fixture("elsewhere")).await;
    let ada = id(&site, "owner").await;
    let member =
        format!("INSERT INTO staff_memberships VALUES ('{ada}', '{elsewhere}', 'elsewhere', 'Elsewhere', 'owner')");
    site.app.sql(&member).await;
    site.app
        .sql(&format!("INSERT INTO team_members VALUES ('{elsewhere}', '{ada}', '', 'Ada', 'owner', 'epoch')"))
        .await;
    for path in ["/orders", "/orders/snapshot", "/orders/events", "/menu", "/who", "/history"] {
        assert_eq!(tablet.get(&site.url(&format!("/dashboard/elsewhere{path}"))).await.status(), 403, "{path}");
    }
    // A PIN is one of a restaurant, and signs in nowhere.
    let other = Browser::new();
    site.sign_in_again(&other).await;
    let form = [("action", "start"), ("name", "Tablet"), ("role", "kitchen"), ("minutes", "15")];
    assert_eq!(other.post(&site.url("/dashboard/elsewhere/screens"), &form).await.status(), 303);
    let who = site.url("/dashboard/elsewhere/who");
    assert!(other.page(&who).await.contains("No one has a PIN"));
    let form = [("action", "work"), ("member", &*ada), ("pin", PIN)];
    assert_eq!(other.post(&who, &form).await.status(), 422);
    assert_eq!(owner.post(&site.dashboard("/who"), &form).await.status(), 403, "not a shared screen");
    assert_eq!(Browser::new().post_for_json(&site.dashboard("/who"), &form).await.status(), 401);
    let form = [("email", &*site.email("owner")), ("password", PIN)];
    assert_eq!(Browser::new().post(&site.url("/sign-in"), &form).await.status(), 422);
    // An address elsewhere is not followed after the PIN.
    let form = [("action", "work"), ("member", &*ada), ("pin", PIN), ("next", "https://evil.example/")];
    let begun = tablet.post(&site.dashboard("/who"), &form).await;
    assert_eq!(location(&begun), format!("/dashboard/{}/orders", site.app.slug));
}
