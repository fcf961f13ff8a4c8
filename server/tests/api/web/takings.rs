//! Takings and the export of orders over HTTP.

use crate::{
    app::FRIDAY_EVENING,
    guest,
    web::site::{Browser, TestServer},
};
use ::app::domain::{
    locale::Locale,
    order::{Contact, Due, NewOrder, PlacedOrder, Verb},
    time::Timestamp,
};

const HOUR: i64 = 60;

async fn placed(site: &TestServer, at: Timestamp, order: NewOrder) -> PlacedOrder {
    site.at(at);
    guest::place(&site.app, &order).await.unwrap()
}

/// The cells of the row that a heading begins, and the heading.
fn row(page: &str, heading: &str) -> Vec<String> {
    let rows = page.split("<tr").map(|row| row.split("</tr>").next().unwrap());
    let row = rows.filter(|row| row.contains("scope=\"row\"")).find(|row| row.contains(heading)).unwrap();
    let cells = row.split("<td").skip(1).map(|cell| cell.split_once('>').unwrap().1);
    cells.map(|cell| cell.split('<').next().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn days_by_opening_hours_add_up_to_the_bills() {
    let site = TestServer::start().await;
    let (first, browser) = (Browser::new(), Browser::new());
    site.sign_in(&first).await;
    assert!(first.page(&site.dashboard("/takings")).await.contains("No orders on these days"));

    let tipped = NewOrder { tip_minor: 150, ..guest::pickup(&site.app) };
    let first = placed(&site, FRIDAY_EVENING, tipped).await;
    let second = placed(&site, FRIDAY_EVENING, guest::delivery(&site.app, FRIDAY_EVENING.plus_minutes(2 * HOUR))).await;
    let rejected = placed(&site, FRIDAY_EVENING, guest::pickup(&site.app)).await;
    guest::step(&site.app, &rejected, Verb::Reject).await.unwrap();
    // Sunday 01:00, in Saturday's opening; then Sunday 20:00.
    let night = FRIDAY_EVENING.plus_minutes(31 * HOUR);
    let third = placed(&site, night, guest::pickup(&site.app)).await;
    let fourth = placed(&site, FRIDAY_EVENING.plus_minutes(50 * HOUR), guest::pickup(&site.app)).await;

    // The first session has ended by now.
    site.sign_in_as(&browser, "manager").await;
    let page = browser.page(&site.dashboard("/takings")).await;
    let euro = Locale::new("en");
    let bill = async |order: &PlacedOrder| guest::page(&site.app, &order.token).await.bill.unwrap();
    let (one, two) = (bill(&first).await, bill(&second).await);
    let friday = row(&page, "Fri 20 Nov 2026");
    assert_eq!(friday[0], "2", "{friday:?}");
    assert_eq!(friday[1], one.subtotal.plus(two.subtotal).unwrap().text(&euro));
    let charge = one.rows.iter().find(|row| row.label == "Packaging").unwrap().amount;
    assert_eq!(friday[2], charge.times(2).unwrap().text(&euro));
    assert_eq!(friday[3], "€1.90");
    assert_eq!(friday[4], "€1.50");
    assert_eq!(friday[5], one.total.plus(two.total).unwrap().text(&euro));
    assert_eq!(friday[6..], ["1", "0"]);
    let (three, four) = (bill(&third).await, bill(&fourth).await);
    assert_eq!(row(&page, "Sat 21 Nov 2026")[5], three.total.text(&euro));
    assert_eq!(row(&page, "Sun 22 Nov 2026")[5], four.total.text(&euro));
    let sum = [&one, &two, &three, &four].iter().map(|bill| bill.total.minor()).sum::<i64>();
    let all = ::app::domain::money::Money::new(sum, one.total.currency()).text(&euro);
    assert_eq!(row(&page, "All days")[5], all);
    assert_eq!(row(&page, ">Delivery<")[0], "1");
    assert_eq!(row(&page, ">Pickup<")[0], "3");

    let day = browser.page(&site.dashboard("/takings?from=2026-11-21&to=2026-11-21")).await;
    assert_eq!(row(&day, "All days")[0], "1");
    assert!(!day.contains("Fri 20 Nov"));
}

#[tokio::test]
async fn a_range_that_is_refused_says_what_to_change() {
    let site = TestServer::start().await;
    let browser = Browser::new();
    site.sign_in(&browser).await;
    for (query, words) in [
        ("?from=yesterday", "such as 2026-11-20"),
        ("?to=2026-13-01", "such as 2026-11-20"),
        ("?from=2026-11-21&to=2026-11-20", "The first day is after the last one"),
        ("?from=2025-11-01&to=2026-11-20", "at most one year"),
    ] {
        for path in ["/takings", "/takings.csv"] {
            let response = browser.get(&site.dashboard(&format!("{path}{query}"))).await;
            assert_eq!(response.status(), 422, "{path}{query}");
            let page = response.text().await.unwrap();
            assert!(page.contains(words) && page.contains("<form"), "{path}{query}: {page}");
        }
    }
    let year = browser.get(&site.dashboard("/takings.csv?from=2025-11-21&to=2026-11-20")).await;
    assert_eq!(year.status(), 200);
}

#[tokio::test]
async fn the_export_is_safe_to_open_and_in_local_time() {
    let site = TestServer::start().await;
    let browser = Browser::new();
    site.sign_in(&browser).await;
    let contact =
        |name: &str, phone: &str| Contact { name: name.to_owned(), phone: phone.to_owned(), email: String::new() };
    let evil = NewOrder { contact: contact("=cmd|'/c calc'!A1", "+49 30 5550199"), ..guest::pickup(&site.app) };
    placed(&site, FRIDAY_EVENING, evil).await;
    let at = FRIDAY_EVENING.plus_minutes(HOUR);
    let quoted = NewOrder {
        contact: contact("Ada \"the cook\", Zoë", "030 5550199"),
        due: Due::Asap,
        ..guest::pickup(&site.app)
    };
    let second = placed(&site, at, quoted).await;
    let response = browser.get(&site.dashboard("/takings.csv?from=2026-11-20&to=2026-11-20")).await;
    assert_eq!(response.status(), 200);
    let header = |name: &str| response.headers()[name].to_str().unwrap().to_owned();
    assert!(header("content-type").starts_with("text/csv; charset=utf-8"));
    let name = format!("toast-{}-2026-11-20-2026-11-20.csv", site.app.slug);
    assert_eq!(header("content-disposition"), format!("attachment; filename=\"{name}\""));
    assert_eq!(header("cache-control"), "no-store");
    let file = response.text().await.unwrap();
    assert!(file.starts_with("business_day,placed_at,number"), "without a byte order mark: {file}");
    let mut reader = csv::Reader::from_reader(file.as_bytes());
    let names = reader.headers().unwrap().clone();
    let rows: Vec<_> = reader.records().map(Result::unwrap).collect();
    let cell = |row: usize, name: &str| rows[row][names.iter().position(|column| column == name).unwrap()].to_owned();
    assert_eq!(rows.len(), 2);
    assert_eq!(cell(0, "guest"), "'=cmd|'/c calc'!A1");
    assert_eq!(cell(0, "phone"), "'+49 30 5550199");
    assert_eq!(cell(0, "placed_at"), "2026-11-20T18:00:00+01:00");
    assert_eq!(cell(1, "guest"), "Ada \"the cook\", Zoë");
    assert_eq!(cell(1, "phone"), "'030 5550199");
    assert_eq!(cell(1, "business_day"), "2026-11-20");
    let bill = guest::page(&site.app, &second.token).await.bill.unwrap();
    assert_eq!(cell(1, "total"), bill.total.decimal());
    assert_eq!(cell(1, "items"), bill.subtotal.decimal());
    assert_eq!(cell(1, "charges"), "0.50");
    assert_eq!((cell(1, "delivery"), cell(1, "currency")), ("0.00".to_owned(), "EUR".to_owned()));
}

#[tokio::test]
async fn only_owners_and_managers_see_takings() {
    let site = TestServer::start().await;
    for (role, status) in [("owner", 200), ("manager", 200), ("floor", 403), ("kitchen", 403)] {
        let browser = Browser::new();
        site.sign_in_as(&browser, role).await;
        for path in ["/takings", "/takings.csv"] {
            assert_eq!(browser.get(&site.dashboard(path)).await.status(), status, "{role} {path}");
        }
        let board = browser.page(&site.dashboard("/orders")).await;
        assert_eq!(board.contains("/takings\""), status == 200, "{role}");
    }
}
