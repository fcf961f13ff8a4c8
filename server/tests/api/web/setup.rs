//! Opening a restaurant without scripts: the form, the checklist, publishing and taking offline.

use crate::web::site::{Browser, TestServer, hidden};
use uuid::Uuid;

const NEW: &str = "/restaurants/new";

/// The fields of a complete form; the last ones win.
fn form<'a>(key: &'a str, more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let fields = [
        ("key", key),
        ("name", "Trattoria Zoë"),
        ("address", "Kastanienallee 12, 10435 Berlin"),
        ("phone", "+49 30 5550101"),
        ("zone", "Europe/Berlin"),
        ("currency", "EUR"),
        ("language", "de"),
        ("template", "pizzeria"),
    ];
    let kept = fields.into_iter().filter(|(name, _)| more.iter().all(|(other, _)| other != name));
    kept.chain(more.iter().copied()).collect()
}

fn location(response: &reqwest::Response) -> String {
    response.headers()["location"].to_str().unwrap().to_owned()
}

/// Creates a restaurant and returns its slug.
async fn create(site: &TestServer, owner: &Browser, more: &[(&str, &str)]) -> String {
    let key = Uuid::new_v4().to_string();
    let created = owner.post(&site.url(NEW), &form(&key, more)).await;
    assert_eq!(created.status(), 303);
    let address = location(&created);
    address.strip_prefix("/dashboard/").unwrap().strip_suffix("/setup").unwrap().to_owned()
}

#[tokio::test]
async fn an_owner_creates_a_restaurant_that_strangers_do_not_see() {
    let site = TestServer::start().await;
    let (owner, guest) = (Browser::new(), Browser::new());
    assert_eq!(location(&guest.get(&site.url(NEW)).await), "/sign-in?next=/restaurants/new");
    site.sign_in(&owner).await;
    assert!(owner.page(&site.url("/dashboard")).await.contains("href=\"/restaurants/new\""));
    let page = owner.page(&site.url(NEW)).await;
    assert!(page.contains("<optgroup label=\"Europe\">") && page.contains("prices are examples"), "{page}");
    let key = hidden(&page, "key");
    let created = owner.post(&site.url(NEW), &form(&key, &[])).await;
    assert_eq!((created.status().as_u16(), location(&created).as_str()), (303, "/dashboard/trattoria-zoe/setup"));
    let checklist = owner.page(&site.url("/dashboard/trattoria-zoe/setup")).await;
    assert!(checklist.contains("Before you can open") && checklist.contains("Enter when you are open"), "{checklist}");
    let home = owner.page(&site.url("/dashboard")).await;
    assert!(home.contains("/dashboard/trattoria-zoe/setup") && home.contains("Not open to guests"), "{home}");
    let menu = owner.get(&site.url("/restaurants/trattoria-zoe")).await;
    assert_eq!(menu.status(), 200);
    assert!(menu.text().await.unwrap().contains("Margherita"));
    assert_eq!(guest.get(&site.url("/restaurants/trattoria-zoe")).await.status(), 404);
    // The same form again is the same restaurant; another one gets another slug.
    let again = owner.post(&site.url(NEW), &form(&key, &[])).await;
    assert_eq!(location(&again), "/dashboard/trattoria-zoe/setup");
    assert_eq!(create(&site, &owner, &[("template", "")]).await, "trattoria-zoe-2");
    assert_eq!(site.app.count("restaurants").await, 3);
    assert_eq!(site.app.count("team_members WHERE role = 'owner'").await, 3, "of the fixture, and of each");
    assert_eq!(site.app.count("audit_log").await, 2);
}

#[tokio::test]
async fn a_rejected_form_keeps_what_was_typed_and_says_what_to_change() {
    let site = TestServer::start().await;
    let owner = Browser::new();
    site.sign_in(&owner).await;
    let key = Uuid::new_v4().to_string();
    for (field, value, words) in [
        ("name", " ", "Enter the name of the restaurant."),
        ("address", "", "Enter street, number, postcode and city."),
        ("phone", "call me", "Enter a phone number"),
        ("zone", "Mars/Olympus", "Choose one of the time zones."),
        ("currency", "XTS", "Choose the currency"),
        ("language", "x", "Choose the language"),
        ("template", "steakhouse", "Choose one of the menus"),
        ("key", "1", "This form is out of date."),
    ] {
        let refused = owner.post(&site.url(NEW), &form(&key, &[(field, value)])).await;
        assert_eq!(refused.status(), 422, "{field}");
        let page = refused.text().await.unwrap();
        assert!(page.contains(words), "{field}: {page}");
        if field != "key" {
            assert_eq!(hidden(&page, "key"), key, "{field}");
            assert!(field == "address" || page.contains("Kastanienallee 12, 10435 Berlin"), "{field}");
        }
    }
    assert_eq!(site.app.count("restaurants").await, 1);
}

#[tokio::test]
async fn a_form_that_is_sent_again_completes_a_restaurant_that_a_failure_left_incomplete() {
    let site = TestServer::start().await;
    let owner = Browser::new();
    site.sign_in(&owner).await;
    let key = Uuid::new_v4().to_string();
    let created = owner.post(&site.url(NEW), &form(&key, &[])).await;
    let address = location(&created);
    // Without its membership.
    site.app.sql("DELETE FROM staff_memberships WHERE slug = 'trattoria-zoe'").await;
    assert_eq!(location(&owner.post(&site.url(NEW), &form(&key, &[])).await), address);
    assert_eq!(owner.get(&site.url(&address)).await.status(), 200);
    // With its slug alone.
    for table in [
        "staff_memberships",
        "order_counters",
        "item_groups",
        "modifiers",
        "modifier_groups",
        "variants",
        "items",
        "sections",
    ] {
        let which = "(SELECT restaurant_id FROM slugs WHERE slug = 'trattoria-zoe')";
        site.app.sql(&format!("DELETE FROM {table} WHERE restaurant_id = {which}")).await;
    }
    site.app.sql("DELETE FROM service_modes WHERE restaurant_id IN (SELECT restaurant_id FROM restaurants WHERE slug = 'trattoria-zoe')").await;
    site.app.sql("DELETE FROM restaurants WHERE slug = 'trattoria-zoe'").await;
    assert_eq!(location(&owner.post(&site.url(NEW), &form(&key, &[])).await), address);
    assert_eq!(owner.get(&site.url(&address)).await.status(), 200);
}

#[tokio::test]
async fn forms_that_arrive_at_once_create_one_restaurant() {
    let site = TestServer::start().await;
    let owner = Browser::new();
    site.sign_in(&owner).await;
    let key = Uuid::new_v4().to_string();
    let (url, fields) = (site.url(NEW), form(&key, &[]));
    let sent = futures::future::join_all((0..4).map(|_| owner.post(&url, &fields))).await;
    for response in &sent {
        assert_eq!((response.status().as_u16(), location(response).as_str()), (303, "/dashboard/trattoria-zoe/setup"));
    }
    assert_eq!(site.app.count("restaurants").await, 2);
}

#[tokio::test]
async fn publishing_needs_a_complete_restaurant_and_its_owner() {
    let site = TestServer::start().await;
    let (owner, guest) = (Browser::new(), Browser::new());
    site.sign_in(&owner).await;
    let slug = create(&site, &owner, &[("template", ""), ("phone", "")]).await;
    let (setup, page) = (site.url(&format!("/dashboard/{slug}/setup")), site.url(&format!("/restaurants/{slug}")));
    let publish = [("action", "publish")];
    let refused = owner.post(&setup, &publish).await;
    assert_eq!(refused.status(), 422);
    let refused = refused.text().await.unwrap();
    for (topic, words) in [
        ("contact", "so that guests can reach you"),
        ("hours", "without opening hours no order can be placed"),
        ("menu", "Add at least one dish with its price."),
    ] {
        assert!(refused.contains(&format!("href=\"#{topic}\"")) && refused.contains(words), "{topic}: {refused}");
    }
    let complete = create(&site, &owner, &[]).await;
    let (setup, page) = (setup.replace(&slug, &complete), page.replace(&slug, &complete));
    let which = format!("(SELECT restaurant_id FROM restaurants WHERE slug = '{complete}')");
    site.app.sql(&format!("INSERT INTO opening_hours VALUES ({which}, 5, 660, 1320)")).await;
    let manager = Browser::new();
    site.sign_in_as(&manager, "manager").await;
    let email = site.email("manager");
    site.app
        .sql(&format!(
            "INSERT INTO staff_memberships SELECT staff_id, {which}, '{complete}', 'Zoë', 'manager'
             FROM staff_accounts WHERE email = '{email}'"
        ))
        .await;
    let seen = manager.page(&setup).await;
    assert!(seen.contains("Ready to open") && seen.contains("The owner publishes the restaurant."), "{seen}");
    assert_eq!(manager.post(&setup, &publish).await.status(), 403);
    assert_eq!(guest.post(&setup, &publish).await.status(), 303);
    assert_eq!(guest.get(&page).await.status(), 404);
    assert_eq!(owner.post(&setup, &publish).await.status(), 303);
    assert!(owner.page(&setup).await.contains("Open to guests"));
    assert_eq!(guest.get(&page).await.status(), 200);
    assert!(guest.page(&site.url("/")).await.contains(&complete));
    assert_eq!(owner.post(&setup, &[("action", "offline")]).await.status(), 303);
    assert_eq!(guest.get(&page).await.status(), 404);
    assert!(!guest.page(&site.url("/")).await.contains(&complete));
}

#[tokio::test]
async fn an_operator_approves_where_that_is_configured() {
    let site = TestServer::start_with(&["--approve-restaurants=true"]).await;
    let (owner, guest) = (Browser::new(), Browser::new());
    site.sign_in(&owner).await;
    let slug = create(&site, &owner, &[]).await;
    let which = format!("(SELECT restaurant_id FROM restaurants WHERE slug = '{slug}')");
    site.app.sql(&format!("INSERT INTO opening_hours VALUES ({which}, 5, 660, 1320)")).await;
    let (setup, page) = (site.url(&format!("/dashboard/{slug}/setup")), site.url(&format!("/restaurants/{slug}")));
    assert_eq!(owner.post(&setup, &[("action", "publish")]).await.status(), 303);
    assert!(owner.page(&setup).await.contains("Waiting for approval"));
    assert_eq!(guest.get(&page).await.status(), 404);
    site.app.sql("UPDATE restaurants SET listing = 'suspended', menu_version = menu_version + 1").await;
    let refused = owner.post(&setup, &[("action", "publish")]).await;
    assert_eq!(refused.status(), 409);
    assert!(refused.text().await.unwrap().contains("has suspended the restaurant"));
}

#[tokio::test]
async fn one_person_cannot_reserve_any_number_of_names() {
    let site = TestServer::start().await;
    let owner = Browser::new();
    site.sign_in(&owner).await;
    let email = site.email("owner");
    site.app
        .sql(&format!(
            "INSERT INTO staff_memberships SELECT staff_id, gen_random_uuid(), 'x-' || n, 'X', 'owner'
             FROM staff_accounts, generate_series(1, 49) n WHERE email = '{email}'"
        ))
        .await;
    let refused = owner.post(&site.url(NEW), &form(&Uuid::new_v4().to_string(), &[])).await;
    assert_eq!(refused.status(), 409);
    assert!(refused.text().await.unwrap().contains("You already work for 50 restaurants"));
    assert_eq!(site.app.count("slugs").await, 1);
}
