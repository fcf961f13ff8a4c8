//! The team over HTTP: invitations by mail, roles, removal, and what a crash leaves behind.

mod listed;

use crate::{
    app::FRIDAY_EVENING,
    inbox::Inbox,
    web::{
        site::{Browser, PASSWORD, TestServer, hidden},
        text_of,
    },
};
use reqwest::Response;
use std::time::Duration;

const DAY: i64 = 24 * 60;

/// A server that sends mail, with its owner signed in.
async fn start(inbox: &Inbox) -> (TestServer, Browser) {
    let settings = inbox.settings();
    let site = TestServer::start_with(&settings.each_ref().map(String::as_str)).await;
    let owner = Browser::new();
    site.sign_in(&owner).await;
    (site, owner)
}

async fn invite(site: &TestServer, owner: &Browser, email: &str, role: &str) -> Response {
    owner.post(&site.dashboard("/team"), &[("action", "invite"), ("email", email), ("role", role)]).await
}

/// The path of the link in the mail that arrived as the number `count`.
async fn link(inbox: &Inbox, count: usize) -> String {
    let received = inbox.wait_for(count).await;
    let mail = mailparse::parse_mail(&received[count - 1].message).unwrap();
    let text = mail.subparts[0].get_body().unwrap();
    let line = text.lines().find(|line| line.starts_with("http://")).unwrap_or_else(|| panic!("no link in {text}"));
    line[line.find("/invitation/").unwrap()..].trim().to_owned()
}

/// Names the person with a role, who has signed in.
async fn call(site: &TestServer, role: &str, name: &str) {
    let email = site.email(role);
    for table in ["team_members", "staff_people"] {
        site.app.sql(&format!("UPDATE {table} SET name = '{name}' WHERE email = '{email}'")).await;
    }
}

/// The id of a person.
async fn member(site: &TestServer, name: &str) -> String {
    let name = name.to_owned();
    text_of(site, &format!("SELECT staff_id::text FROM team_members WHERE name = '{name}'")).await.unwrap()
}

#[tokio::test]
async fn an_invited_cook_creates_an_account_and_sees_the_board_and_nothing_else() {
    let inbox = Inbox::open();
    let (site, owner) = start(&inbox).await;
    assert_eq!(invite(&site, &owner, " Cem@Kitchen.example ", "kitchen").await.status(), 303);
    let link = site.url(&link(&inbox, 1).await);
    let page = owner.page(&site.dashboard("/team")).await;
    assert!(page.contains("cem@kitchen.example") && page.contains("27 Nov 18:00"), "{page}");
    let cook = Browser::new();
    let page = cook.page(&link).await;
    for part in ["Corner Kitchen", "cem@kitchen.example", "Kitchen", "noindex", "name=\"password\"", "27 Nov 18:00"] {
        assert!(page.contains(part), "no {part} in {page}");
    }
    let form = [("action", "join"), ("name", "Cem <b>"), ("password", "short")];
    let refused = cook.post(&link, &form).await;
    assert_eq!(refused.status(), 422);
    let refused = refused.text().await.unwrap();
    assert!(refused.contains("at least 10 characters") && refused.contains("Cem &lt;b&gt;"), "{refused}");
    assert!(!refused.contains("short\""), "{refused}");
    let form = [("action", "join"), ("name", "Cem"), ("password", "melted butter and jam")];
    let joined = cook.post(&link, &form).await;
    assert_eq!(joined.status(), 303);
    assert_eq!(joined.headers()["location"].to_str().unwrap(), format!("/dashboard/{}/orders", site.app.slug));
    assert_eq!(cook.get(&site.dashboard("/orders")).await.status(), 200);
    for path in ["/menu", "/team", "/log"] {
        assert_eq!(cook.get(&site.dashboard(path)).await.status(), 403, "{path}");
    }
    let board = cook.page(&site.dashboard("/orders")).await;
    assert!(!board.contains("/team") && !board.contains("/log\""), "what is not allowed is not shown");
    assert_eq!(site.app.count("team_members WHERE email = 'cem@kitchen.example' AND NOT pending").await, 1);
    let again = Browser::new();
    let form = [("email", "cem@kitchen.example"), ("password", "melted butter and jam")];
    assert_eq!(again.post(&site.url("/sign-in"), &form).await.status(), 303);
    assert_eq!(again.get(&site.dashboard("/orders")).await.status(), 200);
}

#[tokio::test]
async fn an_invitation_is_for_its_address_and_works_once() {
    let inbox = Inbox::open();
    let (site, owner) = start(&inbox).await;
    let manager = Browser::new();
    site.sign_in_elsewhere(&manager, "floor").await;
    assert_eq!(invite(&site, &owner, "floor.elsewhere@kitchen.example", "manager").await.status(), 303);
    let link = site.url(&link(&inbox, 1).await);
    // Another person is told, and can go on.
    let page = owner.page(&link).await;
    assert!(page.contains("with another address") && !page.contains("value=\"accept\""), "{page}");
    assert_eq!(owner.post(&link, &[("action", "accept")]).await.status(), 409);
    assert_eq!(site.app.count("team_members").await, 1);
    // Strangers cannot create an account for the address.
    let form = [("action", "join"), ("name", "Eve"), ("password", "melted butter and jam")];
    let refused = Browser::new().post(&link, &form).await;
    assert_eq!(refused.status(), 409);
    assert!(refused.text().await.unwrap().contains("has an account"));
    let stranger = Browser::new().page(&link).await;
    assert!(stranger.contains("/sign-in?next=/invitation/"), "{stranger}");
    let accepted = manager.post(&link, &[("action", "accept")]).await;
    assert_eq!(accepted.status(), 303, "{}", accepted.text().await.unwrap());
    assert_eq!(manager.get(&site.dashboard("/menu")).await.status(), 200, "at once, also on an open session");
    assert_eq!(manager.get(&site.dashboard("/team")).await.status(), 403);
    // The same person again is led on, others are told.
    assert_eq!(manager.post(&link, &[("action", "accept")]).await.status(), 303);
    let used = Browser::new().get(&link).await;
    assert_eq!(used.status(), 409);
    assert!(used.text().await.unwrap().contains("accepted already"));
    assert_eq!(site.app.count("team_members").await, 2);
    assert_eq!(site.app.count("audit_log WHERE action = 'team.join'").await, 1);
    // Signed out of the other account, the owner can open it as anybody.
    assert_eq!(owner.post(&link, &[("action", "switch")]).await.status(), 303);
    assert_eq!(owner.get(&site.dashboard("/team")).await.status(), 303);
}

#[tokio::test]
async fn links_that_are_old_withdrawn_altered_or_foreign_say_so() {
    let inbox = Inbox::open();
    let (site, owner) = start(&inbox).await;
    let said = |link: String, words: &'static str| async move {
        let response = Browser::new().get(&link).await;
        assert_eq!(response.status(), 409, "{link}");
        let page = response.text().await.unwrap();
        assert!(page.contains(words) && page.contains("/sign-in"), "no {words} in {page}");
        let form = [("action", "join"), ("name", "Cem"), ("password", "melted butter and jam")];
        assert_eq!(Browser::new().post(&link, &form).await.status(), 409);
    };
    invite(&site, &owner, "cem@kitchen.example", "kitchen").await;
    let first = site.url(&link(&inbox, 1).await);
    invite(&site, &owner, "cem@kitchen.example", "floor").await;
    let second = site.url(&link(&inbox, 2).await);
    said(first, "replaced by a newer one").await;
    let page = owner.page(&site.dashboard("/team")).await;
    assert_eq!(page.matches("Withdraw").count(), 1, "{page}");
    let form = [("action", "withdraw"), ("invitation", &*hidden(&page, "invitation"))];
    assert_eq!(owner.post(&site.dashboard("/team"), &form).await.status(), 303);
    said(second.clone(), "was withdrawn").await;
    assert_eq!(owner.post(&site.dashboard("/team"), &form).await.status(), 409);
    invite(&site, &owner, "cem@kitchen.example", "floor").await;
    let third = site.url(&link(&inbox, 3).await);
    let mut altered = third.clone();
    let last = if altered.pop() == Some('A') { 'B' } else { 'A' };
    altered.insert(altered.len() - 3, last);
    for foreign in [altered, site.url("/invitation/x"), site.url(&format!("/invitation/{}", "A".repeat(86)))] {
        said(foreign, "none of ours").await;
    }
    site.at(FRIDAY_EVENING.plus_minutes(7 * DAY));
    said(third, "was open for 7 days").await;
    assert_eq!(site.app.count("team_members").await, 1);
    assert_eq!(site.app.count("staff_accounts").await, 1);
}

#[tokio::test]
async fn forms_say_what_to_change() {
    let inbox = Inbox::open();
    let (site, owner) = start(&inbox).await;
    for (email, role, words) in [
        ("cem", "kitchen", "Enter an e-mail address"),
        ("cem@kitchen.example", "chef", "Choose a role."),
        (&*site.email("owner"), "kitchen", "in the team already"),
    ] {
        let response = invite(&site, &owner, email, role).await;
        assert_eq!(response.status(), 422, "{email} {role}");
        let page = response.text().await.unwrap();
        assert!(page.contains(words) && page.contains(&format!("value=\"{email}\"")), "no {words} in {page}");
    }
    for number in 0..30 {
        assert_eq!(invite(&site, &owner, &format!("cook{number}@kitchen.example"), "floor").await.status(), 303);
    }
    assert_eq!(invite(&site, &owner, "one.more@kitchen.example", "floor").await.status(), 422);
    site.at(FRIDAY_EVENING.plus_minutes(DAY + 1));
    site.sign_in_again(&owner).await;
    assert_eq!(invite(&site, &owner, "one.more@kitchen.example", "floor").await.status(), 303);
}

#[tokio::test]
async fn every_restaurant_keeps_an_owner() {
    let site = TestServer::start().await;
    let owner = Browser::new();
    site.sign_in(&owner).await;
    call(&site, "owner", "Ada").await;
    let (team, ada) = (site.dashboard("/team"), member(&site, "Ada").await);
    for form in [
        vec![("action", "remove"), ("member", &*ada)],
        vec![("action", "role"), ("member", &*ada), ("role", "manager")],
    ] {
        let refused = owner.post(&team, &form).await;
        assert_eq!(refused.status(), 409);
        assert!(refused.text().await.unwrap().contains("Give another person the role of owner first"));
    }
    site.employ("manager").await;
    call(&site, "manager", "Bo").await;
    let bo = member(&site, "Bo").await;
    let promote = [("action", "role"), ("member", &*bo), ("role", "owner")];
    assert_eq!(owner.post(&team, &promote).await.status(), 303);
    // Of two owners who remove one another at the same time, one stays.
    let other = Browser::new();
    let form = [("email", &*site.email("manager")), ("password", PASSWORD)];
    assert_eq!(other.post(&site.url("/sign-in"), &form).await.status(), 303);
    let (remove_bo, remove_ada) = ([("action", "remove"), ("member", &*bo)], [("action", "remove"), ("member", &*ada)]);
    let (first, second) = tokio::join!(owner.post(&team, &remove_bo), other.post(&team, &remove_ada));
    let mut statuses = [first.status().as_u16(), second.status().as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [303, 403]);
    assert_eq!(site.app.count("team_members WHERE role = 'owner'").await, 1);
    assert_eq!(site.app.count("staff_memberships WHERE role = 'owner'").await, 1);
}

#[tokio::test]
async fn removing_names_the_person_and_ends_the_open_board() {
    let site = TestServer::start().await;
    let (owner, cook) = (Browser::new(), Browser::new());
    site.sign_in(&owner).await;
    site.sign_in_as(&cook, "kitchen").await;
    call(&site, "kitchen", "Cem").await;
    let cem = member(&site, "Cem").await;
    let asked = owner.page(&site.dashboard(&format!("/team/{cem}/remove"))).await;
    assert!(asked.contains("Cem") && hidden(&asked, "member") == cem, "{asked}");
    let unknown = uuid::Uuid::new_v4();
    assert_eq!(owner.get(&site.dashboard(&format!("/team/{unknown}/remove"))).await.status(), 404);
    let mut stream = cook.0.get(site.dashboard("/orders/events?after=0")).send().await.unwrap();
    assert_eq!(stream.status(), 200);
    let form = [("action", "remove"), ("member", &*cem)];
    assert_eq!(owner.post(&site.dashboard("/team"), &form).await.status(), 303);
    let reading = async { while let Ok(Some(_)) = stream.chunk().await {} };
    assert!(tokio::time::timeout(Duration::from_mins(1), reading).await.is_ok(), "the stream goes on");
    assert_eq!(cook.get(&site.dashboard("/orders")).await.status(), 403);
    assert!(!owner.page(&site.dashboard("/team")).await.contains("Cem"));
    let log = owner.page(&site.dashboard("/log")).await;
    assert!(log.contains("removed from the team:") && log.contains("Cem"), "{log}");
}

#[tokio::test]
async fn the_next_view_completes_what_a_crash_interrupted() {
    let site = TestServer::start().await;
    let owner = Browser::new();
    site.sign_in(&owner).await;
    for (role, name) in [("kitchen", "Joining"), ("floor", "Leaving"), ("manager", "Lowered")] {
        site.employ(role).await;
        site.app.sql(&format!("UPDATE team_members SET name = '{name}' WHERE role = '{role}'")).await;
    }
    // Accepted, and the membership was not written; ended or lowered, and the list was not written.
    for statement in [
        "UPDATE team_members SET pending = true WHERE name = 'Joining'",
        "DELETE FROM staff_memberships WHERE role = 'kitchen'",
        "DELETE FROM staff_memberships WHERE role = 'floor'",
        "UPDATE staff_memberships SET role = 'kitchen' WHERE role = 'manager'",
    ] {
        site.app.sql(statement).await;
    }
    let page = owner.page(&site.dashboard("/team")).await;
    assert!(page.contains("Joining") && page.contains("Lowered") && !page.contains("Leaving"), "{page}");
    let has = |role: &str, name: &str| {
        format!(
            "team_members t JOIN staff_memberships m USING (restaurant_id, staff_id)
             WHERE t.name = '{name}' AND t.role = '{role}' AND m.role = '{role}' AND NOT t.pending"
        )
    };
    assert_eq!(site.app.count(&has("kitchen", "Joining")).await, 1);
    assert_eq!(site.app.count(&has("kitchen", "Lowered")).await, 1);
    assert_eq!(site.app.count("audit_log WHERE actor = 'system'").await, 2);
    assert_eq!(owner.page(&site.dashboard("/team")).await.matches("Joining").count(), page.matches("Joining").count());
    assert_eq!(site.app.count("audit_log").await, 2, "once");
}

#[tokio::test]
async fn roles_change_for_open_sessions() {
    let site = TestServer::start().await;
    let (owner, cook) = (Browser::new(), Browser::new());
    site.sign_in(&owner).await;
    site.sign_in_as(&cook, "kitchen").await;
    call(&site, "kitchen", "Cem").await;
    let cem = member(&site, "Cem").await;
    for (role, status) in [("floor", 200), ("kitchen", 403)] {
        let form = [("action", "role"), ("member", &*cem), ("role", role)];
        assert_eq!(owner.post(&site.dashboard("/team"), &form).await.status(), 303);
        let changed = async {
            while cook.get(&site.dashboard("/menu")).await.status() != status {
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        };
        assert!(tokio::time::timeout(Duration::from_mins(1), changed).await.is_ok(), "{role} is never noticed");
    }
    let log = owner.page(&site.dashboard("/log")).await;
    for part in ["changed the role of", "Cem", "Kitchen", "Floor", "Friday, 20 November 2026"] {
        assert!(log.contains(part), "no {part} in {log}");
    }
}
