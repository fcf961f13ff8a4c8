//! Settings without scripts: general, opening hours, two people at once, and guests who stand in the checkout.

mod slugs;

use crate::{
    guest,
    web::site::{Browser, TestServer, hidden},
};

/// The fields of the form of a page, as a browser sends them unchanged; the last ones win.
fn fields(page: &str, more: &[(&str, &str)]) -> Vec<(String, String)> {
    let form = page.split_once("<form method=\"post\" action=\"/dashboard/").unwrap().1;
    let form = form.split_once("</form>").unwrap().0;
    let mut fields = Vec::new();
    for tag in form.split("<input ").skip(1) {
        let tag = tag.split_once('>').unwrap().0;
        let attribute =
            |name: &str| tag.split_once(&format!("{name}=\"")).map(|(_, rest)| rest.split('"').next().unwrap());
        let sent = attribute("type") != Some("checkbox") || tag.contains("checked");
        if let Some(name) = attribute("name").filter(|_| sent) {
            fields.push((
                name.to_owned(),
                attribute("value").unwrap_or_default().replace("&lt;", "<").replace("&gt;", ">"),
            ));
        }
    }
    for select in form.split("<select ").skip(1) {
        let name = select.split_once("name=\"").unwrap().1.split('"').next().unwrap();
        let chosen = select.split("<option ").find(|option| option.split('>').next().unwrap().contains("selected"));
        let value = chosen.map(|option| option.split_once("value=\"").unwrap().1.split('"').next().unwrap());
        fields.push((name.to_owned(), value.unwrap_or_default().to_owned()));
    }
    for area in form.split("<textarea ").skip(1) {
        let name = area.split_once("name=\"").unwrap().1.split('"').next().unwrap();
        let text = area.split_once('>').unwrap().1.split("</textarea>").next().unwrap();
        fields.push((name.to_owned(), text.to_owned()));
    }
    fields.retain(|(name, _)| more.iter().all(|(other, _)| other != name));
    fields.extend(more.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    fields
}

async fn send(browser: &Browser, url: &str, fields: &[(String, String)]) -> reqwest::Response {
    let pairs: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    browser.post(url, &pairs).await
}

/// Opens a page and sends its form with changes.
async fn change(browser: &Browser, url: &str, more: &[(&str, &str)]) -> reqwest::Response {
    send(browser, url, &fields(&browser.page(url).await, more)).await
}

/// Empties all spans of the week on a page of hours.
fn closed(page: &str, more: &[(&str, &str)]) -> Vec<(String, String)> {
    let mut fields = fields(page, &[]);
    for (name, value) in &mut fields {
        if name.starts_with('d') && name.contains('-') {
            value.clear();
        }
    }
    fields.retain(|(name, _)| more.iter().all(|(other, _)| other != name));
    fields.extend(more.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    fields
}

#[tokio::test]
async fn hours_past_midnight_and_a_holiday_are_saved_and_shown_to_guests() {
    let site = TestServer::start().await;
    let (owner, hours) = (Browser::new(), site.dashboard("/settings/hours"));
    site.sign_in(&owner).await;
    let page = owner.page(&hours).await;
    let form = closed(
        &page,
        &[
            ("d5-0-from", "18:00"),
            ("d5-0-to", "03:00"),
            ("d5-1-from", "11:30"),
            ("d5-1-to", "14:30"),
            ("d6-0-from", "00:00"),
            ("d6-0-to", "00:00"),
            ("x40-date", "2026-12-25"),
            ("x40-closed", "on"),
            ("x40-note", "Christmas <Eve>"),
        ],
    );
    // Friday's night runs into Saturday.
    let refused = send(&owner, &hours, &form).await;
    assert_eq!(refused.status(), 422);
    let refused = refused.text().await.unwrap();
    assert!(
        refused.contains("Friday’s hours run into Saturday’s") && refused.contains("href=\"#d6-0-from\""),
        "{refused}"
    );
    assert!(
        refused.contains("value=\"Christmas &lt;Eve&gt;\"") && refused.contains("value=\"2026-12-25\""),
        "{refused}"
    );
    let form = fields(&refused, &[("d6-0-from", "03:00"), ("d6-0-to", "03:00")]);
    let saved = send(&owner, &hours, &form).await;
    assert_eq!(saved.status(), 303);
    let page = owner.page(&site.url(saved.headers()["location"].to_str().unwrap())).await;
    assert!(page.contains("Saved.") && page.contains("11:30–14:30, 18:00–03:00"), "{page}");
    let menu = Browser::new().page(&site.restaurant("")).await;
    for words in ["11:30–14:30, 18:00–03:00", "Fri 25 Dec, Christmas &lt;Eve&gt;"] {
        assert!(menu.contains(words), "{words}: {menu}");
    }
    assert_eq!(guest::number(&site.app, "SELECT count(*) FROM audit_log WHERE restaurant_id = $1").await, 1);
    // Nothing changed: no entry.
    assert_eq!(change(&owner, &hours, &[]).await.status(), 303);
    assert_eq!(guest::number(&site.app, "SELECT count(*) FROM audit_log WHERE restaurant_id = $1").await, 1);
    // The date is removed by its box.
    assert_eq!(change(&owner, &hours, &[("x0-remove", "on")]).await.status(), 303);
    assert!(!owner.page(&hours).await.contains("2026-12-24"));
    let never = change(&owner, &hours, &[("x0-date", "2026-02-30"), ("x0-closed", "on")]).await;
    assert_eq!(never.status(), 422);
    assert!(never.text().await.unwrap().contains("2026-02-30 is not in the calendar"));
}

#[tokio::test]
async fn monday_is_copied_without_scripts_and_without_saving() {
    let site = TestServer::start().await;
    let (owner, hours) = (Browser::new(), site.dashboard("/settings/hours"));
    site.sign_in(&owner).await;
    let form = closed(
        &owner.page(&hours).await,
        &[("d1-0-from", "07:07"), ("d1-0-to", "09:09"), ("d7-0-from", "10:00"), ("action", "copy_monday")],
    );
    let shown = send(&owner, &hours, &form).await;
    assert_eq!(shown.status(), 200);
    let shown = shown.text().await.unwrap();
    assert_eq!(shown.matches("value=\"07:07\"").count(), 5, "{shown}");
    assert!(shown.contains("Copied below"));
    assert!(!owner.page(&hours).await.contains("07:07"));
    // Other entries are kept too; a wrong one is refused at its field when it is saved.
    let refused = send(&owner, &hours, &fields(&shown, &[])).await.text().await.unwrap();
    assert!(refused.contains("Sunday: enter when you close."), "{refused}");
}

#[tokio::test]
async fn times_that_are_folded_in_are_shown_when_they_have_entries() {
    let site = TestServer::start().await;
    let (owner, hours) = (Browser::new(), site.dashboard("/settings/hours"));
    site.sign_in(&owner).await;
    let page = owner.page(&hours).await;
    assert!(page.contains("More times") && !page.contains("<details open"), "{page}");
    let refused = send(&owner, &hours, &fields(&page, &[("d2-3-to", "23:00")])).await;
    assert_eq!(refused.status(), 422);
    let refused = refused.text().await.unwrap();
    let opened: Vec<_> = refused.split("<details open").skip(1).collect();
    assert!(opened.len() == 1 && opened[0].contains("Tuesday: enter when you open."), "{refused}");
}

#[tokio::test]
async fn two_people_at_once_are_told_and_nothing_is_overwritten() {
    let site = TestServer::start().await;
    let (owner, manager) = (Browser::new(), Browser::new());
    site.sign_in(&owner).await;
    site.sign_in_as(&manager, "manager").await;
    for (page, field, first, second) in [
        ("/settings/general", "tagline", "By the river", "By the lake"),
        ("/settings/hours", "x0-note", "Owner", "Manager"),
    ] {
        let url = site.dashboard(page);
        let opened = manager.page(&url).await;
        let date = [("x0-date", "2027-01-01"), ("x0-closed", "on")];
        let with = |value| [date[0], date[1], (field, value)];
        assert_eq!(change(&owner, &url, &with(first)).await.status(), 303, "{page}");
        let refused = send(&manager, &url, &fields(&opened, &with(second))).await;
        assert_eq!(refused.status(), 409, "{page}");
        let refused = refused.text().await.unwrap();
        assert!(refused.contains("changed this page while you were editing"), "{page}: {refused}");
        assert!(refused.contains(&format!("value=\"{second}\"")), "{page}: {refused}");
        assert!(refused.contains("Open the page with their changes"), "{page}: {refused}");
        assert!(owner.page(&url).await.contains(&format!("value=\"{first}\"")), "{page}");
        // Also when it is sent again: only the page opened again has the other's values.
        assert_eq!(send(&manager, &url, &fields(&refused, &[])).await.status(), 409, "{page}");
        assert_eq!(change(&manager, &url, &[(field, second)]).await.status(), 303, "{page}");
    }
}

#[tokio::test]
async fn an_earlier_slug_leads_to_the_new_one() {
    let site = TestServer::start().await;
    let (owner, cook, guest) = (Browser::new(), Browser::new(), Browser::new());
    site.sign_in(&owner).await;
    site.sign_in_as(&cook, "kitchen").await;
    let general = site.dashboard("/settings/general");
    let old = &site.app.slug;
    for (slug, words) in [("new", "Another restaurant has this address"), ("a b", "small letters from a to z")] {
        let refused = change(&owner, &general, &[("slug", slug)]).await;
        assert_eq!(refused.status(), 422, "{slug}");
        assert!(refused.text().await.unwrap().contains(words), "{slug}");
    }
    let new = format!("{old}-am-see");
    let saved = change(&owner, &general, &[("slug", &new), ("name", "Corner am See")]).await;
    assert_eq!(saved.headers()["location"].to_str().unwrap(), format!("/dashboard/{new}/settings/general?saved=1"));
    assert_eq!(owner.get(&site.url(&format!("/dashboard/{new}/settings/general"))).await.status(), 200);
    for (path, status) in [("", 301), ("?q=pizza", 301), ("/cart", 301), ("/checkout", 301)] {
        let moved = guest.get(&site.restaurant(path)).await;
        assert_eq!(moved.status(), status, "{path}");
        assert_eq!(moved.headers()["location"].to_str().unwrap(), format!("/restaurants/{new}{path}"));
    }
    let moved = guest.post(&site.restaurant("/cart"), &[("action", "clear")]).await;
    assert_eq!(
        (moved.status().as_u16(), moved.headers()["location"].to_str().unwrap()),
        (308, &*format!("/restaurants/{new}/cart"))
    );
    let moved = guest.get(&site.api("/menu")).await;
    assert_eq!(moved.headers()["location"].to_str().unwrap(), format!("/api/v1/restaurants/{new}/menu"));
    assert_eq!(guest.get(&site.url(&format!("/restaurants/{new}"))).await.status(), 200);
    // The whole team is led to it, and each member's list has the new name.
    let moved = cook.get(&site.dashboard("/orders")).await;
    assert_eq!(
        (moved.status().as_u16(), moved.headers()["location"].to_str().unwrap()),
        (301, &*format!("/dashboard/{new}/orders"))
    );
    assert!(cook.page(&site.url("/dashboard")).await.contains("Corner am See"));
    assert_eq!(cook.get(&site.url(&format!("/dashboard/{new}/orders"))).await.status(), 200);
    // A failure between the two is repaired: the earlier slug still works, and the page of settings renames it.
    site.app.sql(&format!("UPDATE staff_memberships SET slug = '{old}', restaurant_name = 'Corner'")).await;
    let late = Browser::new();
    let email = site.email("owner");
    let form = [("email", email.as_str()), ("password", crate::web::site::PASSWORD)];
    assert_eq!(late.post(&site.url("/sign-in"), &form).await.status(), 303);
    assert_eq!(late.get(&site.dashboard("/settings/general")).await.status(), 200);
    let renamed = format!("SELECT count(*) FROM staff_memberships WHERE restaurant_id = $1 AND slug = '{new}'");
    assert_eq!(guest::number(&site.app, &renamed).await, 2);
    // It can be taken back.
    let general = site.url(&format!("/dashboard/{new}/settings/general"));
    assert_eq!(change(&owner, &general, &[("slug", old)]).await.status(), 303);
    assert_eq!(guest.get(&site.restaurant("")).await.status(), 200);
    let moved = guest.get(&site.url(&format!("/restaurants/{new}"))).await;
    assert_eq!(moved.headers()["location"].to_str().unwrap(), format!("/restaurants/{old}"));
}

#[tokio::test]
async fn the_currency_stays_once_there_are_orders() {
    let site = TestServer::start().await;
    let owner = Browser::new();
    site.sign_in(&owner).await;
    let general = site.dashboard("/settings/general");
    let opened = owner.page(&general).await;
    assert!(opened.contains("<select"), "{opened}");
    guest::place(&site.app, &guest::pickup(&site.app)).await.unwrap();
    let refused = send(&owner, &general, &fields(&opened, &[("currency", "USD")])).await;
    assert_eq!(refused.status(), 422);
    assert!(refused.text().await.unwrap().contains("There are orders in the currency as it is"));
    let page = owner.page(&general).await;
    assert!(page.contains("so it cannot be changed any more") && !page.contains("USD · US dollar"), "{page}");
}

#[tokio::test]
async fn a_guest_in_the_checkout_is_told_when_the_time_is_no_longer_offered() {
    let site = TestServer::start().await;
    let (owner, guest) = (Browser::new(), Browser::new());
    site.sign_in(&owner).await;
    let item = site.app.item("marinara").to_string();
    let add = [("action", "add"), ("item", item.as_str()), ("quantity", "1")];
    guest.get(&site.restaurant("")).await;
    assert_eq!(guest.post(&site.restaurant("/cart"), &add).await.status(), 303);
    let checkout = guest.page(&site.restaurant("/checkout")).await;
    // 21:00, three hours from now.
    let due = (crate::app::FRIDAY_EVENING.millis() + 3 * 60 * 60_000).to_string();
    assert!(checkout.contains(&format!("value=\"{due}\"")), "{checkout}");
    let (order, agreed) = (hidden(&checkout, "order"), hidden(&checkout, "agreed"));
    let form = [
        ("order", order.as_str()),
        ("agreed", agreed.as_str()),
        ("mode", "pickup"),
        ("due", due.as_str()),
        ("name", "Ada"),
        ("phone", "+49 30 5550101"),
    ];
    let hours = site.dashboard("/settings/hours");
    let early = closed(&owner.page(&hours).await, &[("d5-0-from", "17:00"), ("d5-0-to", "20:00")]);
    assert_eq!(send(&owner, &hours, &early).await.status(), 303);
    let refused = guest.post(&site.restaurant("/checkout"), &form).await;
    assert_eq!(refused.status(), 422);
    let refused = refused.text().await.unwrap();
    assert!(refused.contains("21:00") && refused.contains("href=\"#due\""), "{refused}");
    assert_eq!(site.app.count("orders").await, 0);
    // With the old hours the same form is the order that the guest agreed to.
    let late = closed(&owner.page(&hours).await, &[("d5-0-from", "17:00"), ("d5-0-to", "22:30")]);
    assert_eq!(send(&owner, &hours, &late).await.status(), 303);
    assert_eq!(guest.post(&site.restaurant("/checkout"), &form).await.status(), 303);
    assert_eq!(site.app.count("orders").await, 1);
}
