//! Past orders over HTTP: search, pages of the list, one order, its receipt.

use crate::{
    app::FRIDAY_EVENING,
    guest,
    web::site::{Browser, TestServer},
};
use ::app::domain::{
    id::OrderId,
    order::{Contact, NewOrder, PlacedOrder, Verb},
    time::Timestamp,
};
use std::time::Duration;

const HOUR: Duration = Duration::from_hours(1);

/// An order of a guest at a time.
async fn placed(site: &TestServer, at: Timestamp, name: &str, phone: &str) -> PlacedOrder {
    site.at(at);
    let contact = Contact { name: name.to_owned(), phone: phone.to_owned(), email: String::new() };
    let order = NewOrder { contact, note: "Ring twice".to_owned(), ..guest::pickup(&site.app) };
    guest::place(&site.app, &order).await.unwrap()
}

fn after(at: Timestamp, time: Duration) -> Timestamp {
    at.plus_minutes(i64::try_from(time.as_secs() / 60).unwrap())
}

fn address(site: &TestServer, order: OrderId) -> String {
    site.dashboard(&format!("/history/{order}"))
}

/// The numbers of the orders on a page, in their order.
fn numbers(page: &str) -> Vec<i64> {
    let rows = page.split("tabular-nums\">No. ").skip(1);
    rows.map(|row| row.replace("<!>", "").split('<').next().unwrap().parse().unwrap()).collect()
}

#[tokio::test]
async fn orders_are_found_by_number_name_phone_day_and_state() {
    let site = TestServer::start().await;
    let (first, browser) = (Browser::new(), Browser::new());
    site.sign_in(&first).await;
    let empty = first.page(&site.dashboard("/history")).await;
    assert!(empty.contains("No orders yet") && empty.contains("Open the board"), "{empty}");

    placed(&site, FRIDAY_EVENING, "Zoë Müller", "+49 30 5550199").await;
    let second = placed(&site, after(FRIDAY_EVENING, HOUR), "佐藤", "030/777-1234").await;
    // Saturday is open from 18:00 to 03:00: Sunday 01:00 belongs to it.
    let night = after(FRIDAY_EVENING, HOUR * 31);
    placed(&site, night, "Ada <b>", "+44 20 7946 0018").await;
    guest::step(&site.app, &second, Verb::Reject).await.unwrap();
    // The first session has ended by now.
    site.sign_in_as(&browser, "floor").await;

    let find = async |query: &str| numbers(&browser.page(&site.dashboard(&format!("/history{query}"))).await);
    assert_eq!(find("").await, [3, 2, 1]);
    for (query, expected) in [
        ("?q=2", vec![2]),
        ("?q=%232", vec![2]),
        ("?q=zoe+MULLER", vec![1]),
        ("?q=%E4%BD%90", vec![2]),
        ("?q=5550", vec![1]),
        ("?q=0305550", vec![1]),
        ("?q=7771234", vec![2]),
        ("?q=555", vec![]),
        ("?q=no+such+guest", vec![]),
        ("?day=2026-11-20", vec![2, 1]),
        ("?day=2026-11-21", vec![3]),
        ("?day=2026-11-22", vec![]),
        ("?state=rejected", vec![2]),
        ("?state=open", vec![3, 1]),
        ("?day=2026-11-20&state=open&q=m%C3%BCller", vec![1]),
        ("?before=nonsense", vec![3, 2, 1]),
    ] {
        assert_eq!(find(query).await, expected, "{query}");
    }
    let page = browser.page(&site.dashboard("/history?q=ada")).await;
    assert!(page.contains("Ada &lt;b&gt;") && page.contains("Sun 22 Nov 2026, 01:00"), "{page}");
    assert!(page.contains("value=\"ada\"") && page.contains("noindex"), "the search is kept");
    let nothing = browser.page(&site.dashboard("/history?q=xyz")).await;
    assert!(nothing.contains("No order matches") && nothing.contains("Show all orders"));
}

#[tokio::test]
async fn a_wrong_day_is_named_at_its_field() {
    let site = TestServer::start().await;
    let browser = Browser::new();
    site.sign_in(&browser).await;
    let response = browser.get(&site.dashboard("/history?day=20.11.2026&q=ada")).await;
    assert_eq!(response.status(), 422);
    let page = response.text().await.unwrap();
    assert!(page.contains("such as 2026-11-20") && page.contains("value=\"20.11.2026\""), "{page}");
    assert!(page.contains("id=\"day-problem\"") && page.contains("value=\"ada\""));
}

#[tokio::test]
async fn pages_of_the_list_show_each_order_once() {
    let site = TestServer::start().await;
    let browser = Browser::new();
    site.sign_in(&browser).await;
    let first = placed(&site, FRIDAY_EVENING, "Ada", "+49 30 5550199").await;
    // All at the same instant: the id decides their order.
    guest::change(
        &site.app,
        &format!(
            "INSERT INTO orders (restaurant_id, order_id, token, number, version, seq, status, payment, mode, placed_at,
                 estimated_at, moved_at, guest_name, guest_phone, guest_email, place, note, currency, subtotal_minor,
                 tip_minor, total_minor, menu_version, bill, reason_words)
             SELECT restaurant_id, gen_random_uuid(), 'copy-' || n, n, version, seq, status, payment, mode, placed_at,
                 estimated_at, moved_at, guest_name, guest_phone, guest_email, place, note, currency, subtotal_minor,
                 tip_minor, total_minor, menu_version, bill, reason_words
             FROM orders, generate_series(2, 120) AS n WHERE restaurant_id = $1 AND order_id = '{}'",
            first.id
        ),
    )
    .await;
    for query in ["", "?state=open"] {
        let mut seen = Vec::new();
        let mut next = Some(format!("/dashboard/{}/history{query}", site.app.slug));
        while let Some(path) = next {
            let page = browser.page(&site.url(&path)).await;
            seen.extend(numbers(&page));
            next = page.split("<a ").find(|link| link.contains("rel=\"next\"")).map(|link| {
                let address = link.split("href=\"").nth(1).unwrap().split('"').next().unwrap();
                address.replace("&amp;", "&")
            });
            assert!(seen.len() <= 120, "{seen:?}");
        }
        seen.sort_unstable();
        assert_eq!(seen, (1..=120).collect::<Vec<_>>(), "{query}");
    }
}

#[tokio::test]
async fn an_order_shows_its_lines_bill_events_and_who_caused_them() {
    let site = TestServer::start().await;
    let browser = Browser::new();
    site.sign_in(&browser).await;
    let order = placed(&site, FRIDAY_EVENING, "Zoë", "+49 30 5550199").await;
    let staff = guest::staff(&site.app);
    guest::change(
        &site.app,
        &format!(
            "INSERT INTO team_members VALUES ($1, '{}', 'grace@kitchen.example', 'Grace Cook', 'floor', '2026-01-01')",
            staff.id
        ),
    )
    .await;
    let version = guest::page(&site.app, &order.token).await.version;
    let mut decision = guest::decision(order.id, Verb::Reject, version);
    "the oven is cold".clone_into(&mut decision.words);
    server::kitchen::move_order(&site.app.context, &staff, &site.app.slug, &decision).await.unwrap();

    let page = browser.page(&address(&site, order.id)).await;
    for part in [
        "Marinara",
        "Packaging",
        "Ring twice",
        "tel:+49305550199",
        "Zoë",
        "Rejected",
        "Grace Cook",
        "Too busy right now: the oven is cold",
        "Fri 20 Nov 2026, 18:00",
        "Nothing to pay",
    ] {
        assert!(page.contains(part), "{part}\n{page}");
    }
    assert!(page.contains(&format!("{}/receipt", order.id)));
    for unknown in [OrderId::from_uuid(uuid::Uuid::new_v4()).to_string(), "nonsense".to_owned()] {
        assert_eq!(browser.get(&site.dashboard(&format!("/history/{unknown}"))).await.status(), 404);
        assert_eq!(browser.get(&site.dashboard(&format!("/history/{unknown}/receipt"))).await.status(), 404);
    }
}

#[tokio::test]
async fn a_receipt_bears_what_the_law_asks_for() {
    let site = TestServer::start().await;
    let browser = Browser::new();
    site.sign_in_as(&browser, "floor").await;
    let order = placed(&site, FRIDAY_EVENING, "Zoë", "+49 30 5550199").await;
    let receipt = format!("{}/receipt", address(&site, order.id));
    let page = browser.page(&receipt).await;
    assert!(!page.contains("Tax number") && page.contains("Not paid yet."), "{page}");
    guest::change(
        &site.app,
        "UPDATE restaurants SET legal_name = 'Corner & Sons GmbH', tax_number = 'DE 123456789' WHERE restaurant_id = $1",
    )
    .await;
    for verb in [Verb::Accept, Verb::Finish, Verb::HandOver] {
        guest::step(&site.app, &order, verb).await.unwrap();
    }
    let page = browser.page(&receipt).await;
    let bill = guest::page(&site.app, &order.token).await.bill.unwrap();
    let total = bill.total.text(&::app::domain::locale::Locale::new("en"));
    for part in [
        "Corner &amp; Sons GmbH",
        "DE 123456789",
        "Kastanienallee 12",
        "No. 1",
        "Fri 20 Nov 2026, 18:00",
        "Marinara",
        "Packaging",
        total.as_str(),
        "Paid.",
        "Print this page",
    ] {
        assert!(page.contains(part), "{part}\n{page}");
    }
    let sheet = page.split("id=\"receipt\"").nth(1).unwrap().split("</article>").next().unwrap();
    assert!(!sheet.contains("5550199") && !sheet.contains("<script"), "{sheet}");
}

#[tokio::test]
async fn another_restaurant_and_the_kitchen_see_nothing() {
    let site = TestServer::start().await;
    let (kitchen, owner, stranger) = (Browser::new(), Browser::new(), Browser::new());
    site.sign_in_as(&kitchen, "kitchen").await;
    site.sign_in(&owner).await;
    let order = placed(&site, FRIDAY_EVENING, "Zoë", "+49 30 5550199").await;
    let other = format!("other-{}", site.app.slug);
    site.app.import(&crate::app::TestApp::fixture(&other)).await;
    for path in ["/history".to_owned(), format!("/history/{}", order.id), format!("/history/{}/receipt", order.id)] {
        assert_eq!(kitchen.get(&site.dashboard(&path)).await.status(), 403, "{path}");
        assert_eq!(stranger.get(&site.dashboard(&path)).await.status(), 303, "{path}");
        assert_eq!(owner.get(&site.dashboard(&path)).await.status(), 200, "{path}");
        let response = owner.get(&site.url(&format!("/dashboard/{other}{path}"))).await;
        assert_eq!(response.status(), 403, "{path}");
        assert!(!response.text().await.unwrap().contains("Zoë"), "{path}");
    }
    let links = kitchen.page(&site.dashboard("/orders")).await;
    assert!(!links.contains("/history\"") && !links.contains("/takings\""));
    assert!(owner.page(&site.dashboard("/orders")).await.contains("/history\""));
}
