//! Personal data is gone after its time, and nothing else is.

use crate::{
    app::{FRIDAY_EVENING, TestApp, change_id, visitor},
    guest,
};
use ::app::domain::{
    cart::{CartChange, LineRequest},
    location::Location,
    order::{Contact, NewOrder, PlacedOrder, Verb},
    time::Timestamp,
};
use serde_json::Value;
use server::{carts, orders, outbox, retention};
use sqlx::{AssertSqlSafe, Connection, PgConnection};

const DAY: i64 = 24 * 60;
/// Of every address.
const LATITUDE: f64 = 52.543_21;
/// In every text that the guest wrote.
const NAME: &str = "Quillon";

fn later(days: i64) -> Timestamp {
    FRIDAY_EVENING.plus_minutes(days * DAY)
}

/// An order whose guest is named wherever guests can write.
fn named(app: &TestApp, name: &str) -> NewOrder {
    let mut order = guest::delivery(app, FRIDAY_EVENING.plus_minutes(120));
    order.contact =
        Contact { name: name.to_owned(), phone: "+49 30 7654321".to_owned(), email: format!("{name}@guest.example") };
    order.note = format!("{name} rings twice");
    if let Some(address) = &mut order.address {
        address.street = format!("{name}allee 1");
        address.location = Location::new(LATITUDE, 13.412_34);
    }
    for line in &mut order.lines {
        line.note = format!("{name} likes it hot");
    }
    order
}

/// Every column of every table in which a text occurs.
async fn columns_with(app: &TestApp, text: &str) -> Vec<String> {
    let mut connection = PgConnection::connect(app.url()).await.unwrap();
    let columns: Vec<(String, String)> = sqlx::query_as(
        "SELECT table_name::text, column_name::text FROM information_schema.columns
         JOIN information_schema.tables USING (table_schema, table_name)
         WHERE table_schema = current_schema() AND table_type = 'BASE TABLE'",
    )
    .fetch_all(&mut connection)
    .await
    .unwrap();
    assert!(columns.len() > 100);
    let mut found = Vec::new();
    for (table, column) in columns {
        let statement = format!("SELECT count(*) FROM {table} WHERE strpos(\"{column}\"::text, $1) > 0");
        let count: i64 =
            sqlx::query_scalar(AssertSqlSafe(statement)).bind(text).fetch_one(&mut connection).await.unwrap();
        if count > 0 {
            found.push(format!("{table}.{column}"));
        }
    }
    found
}

/// All rows of a table as JSON, without these columns.
async fn rows(app: &TestApp, table: &str, without: &[&str]) -> Vec<Value> {
    let mut connection = PgConnection::connect(app.url()).await.unwrap();
    let statement = format!("SELECT to_jsonb(t) FROM {table} t ORDER BY to_jsonb(t)::text");
    let mut rows: Vec<Value> = sqlx::query_scalar(AssertSqlSafe(statement)).fetch_all(&mut connection).await.unwrap();
    for row in &mut rows {
        let fields = row.as_object_mut().unwrap();
        for column in without {
            assert!(fields.remove(*column).is_some(), "{column}");
        }
    }
    rows.sort_by_key(ToString::to_string);
    rows
}

/// The bills with their notes emptied, as they shall be.
fn without_notes(mut bill: Value) -> Value {
    for line in bill["lines"].as_array_mut().unwrap() {
        line["note"] = "".into();
    }
    bill
}

/// The number of orders with a location; no other column has one.
async fn located(app: &TestApp) -> i64 {
    for text in [LATITUDE.to_string(), "13.41234".to_owned()] {
        let columns = columns_with(app, &text).await;
        assert!(
            columns.iter().all(|column| ["orders.latitude", "orders.longitude"].contains(&column.as_str())),
            "{columns:?}"
        );
    }
    guest::number(app, "SELECT count(*) FROM orders WHERE restaurant_id = $1 AND (latitude, longitude) IS NOT NULL")
        .await
}

async fn finished(app: &TestApp, order: &PlacedOrder) {
    let version = guest::page(app, &order.token).await.version;
    let mut decision = guest::decision(order.id, Verb::Reject, version);
    decision.words = format!("{NAME} called, sorry");
    guest::decide(app, &decision).await.unwrap();
}

#[tokio::test]
async fn what_a_guest_wrote_is_gone_from_every_column_and_nothing_else_is() {
    let app = TestApp::start().await;
    let who = visitor();
    let line = LineRequest { note: format!("{NAME} in the cart"), ..app.line("marinara", &[]) };
    carts::change(&app.context, &app.slug, who, change_id(), &CartChange::Add(line)).await.unwrap();
    let order = guest::place(&app, &named(&app, NAME)).await.unwrap();
    guest::change(
        &app,
        &format!(
            "UPDATE orders SET visitor_id = '{}' WHERE restaurant_id = $1 AND order_id = '{}'",
            who.uuid(),
            order.id
        ),
    )
    .await;
    outbox::deliver(&app.context, app.restaurant).await.unwrap();
    finished(&app, &order).await;
    let open = guest::place(&app, &named(&app, "Stillopen")).await.unwrap();
    let expected = ["orders.guest_name", "orders.bill", "order_lines.snapshot", "order_events.words", "carts.lines"];
    let before = columns_with(&app, NAME).await;
    for column in expected {
        assert!(before.iter().any(|found| found == column), "{column}: {before:?}");
    }
    assert_eq!(app.count("visitor_orders").await, 1);
    assert_eq!(located(&app).await, 2);

    let changed = [
        "guest_name",
        "guest_phone",
        "guest_email",
        "place",
        "latitude",
        "longitude",
        "note",
        "reason_words",
        "visitor_id",
        "removed_after_days",
        "bill",
    ];
    let orders_before = rows(&app, "orders", &changed).await;
    let bills_before = rows(&app, "orders", &[]).await;
    let lines_before = rows(&app, "order_lines", &["snapshot"]).await;
    let events_before = rows(&app, "order_events", &["words"]).await;

    app.at(later(90).plus_minutes(-1));
    assert_eq!(retention::sweep(&app.context).await.orders, 0, "a minute before its time");
    assert!(!columns_with(&app, NAME).await.is_empty());
    assert_eq!(app.count("visitor_orders").await, 1);

    // The restaurant is searched twice a day.
    app.at(later(91));
    let removed = retention::sweep(&app.context).await;
    assert_eq!((removed.orders, removed.carts, removed.visitor_orders), (1, 1, 1), "{removed:?}");
    for text in [NAME, &who.uuid().to_string()] {
        assert_eq!(columns_with(&app, text).await, Vec::<String>::new(), "{text}");
    }
    assert_eq!(located(&app).await, 1, "that of the order that is not finished");
    assert!(!columns_with(&app, "Stillopen").await.is_empty(), "an order that is not finished keeps its guest");

    assert_eq!(rows(&app, "orders", &changed).await, orders_before, "numbers, states, times and totals stay");
    assert_eq!(rows(&app, "order_lines", &["snapshot"]).await, lines_before);
    assert_eq!(rows(&app, "order_events", &["words"]).await, events_before);
    let bill = |rows: &[Value], id: &str| {
        rows.iter().find(|row| row["order_id"] == id).map(|row| row["bill"].clone()).unwrap()
    };
    let after = rows(&app, "orders", &[]).await;
    let (id, untouched) = (order.id.to_string(), open.id.to_string());
    assert_eq!(bill(&after, &id), without_notes(bill(&bills_before, &id)));
    assert_eq!(bill(&after, &untouched), bill(&bills_before, &untouched));

    // The guest's page still opens, and the same is not done twice.
    let page = orders::view(&app.context, &order.token).await.unwrap();
    assert_eq!((page.removed_after_days, page.guest.as_str(), page.place.as_str()), (Some(90), "", ""));
    assert_eq!(page.bill.unwrap().total, order.total);
    app.at(later(93));
    assert_eq!(retention::sweep(&app.context).await.orders, 0);
}

#[tokio::test]
async fn a_restaurant_decides_how_long_and_tables_stay() {
    let app = TestApp::start().await;
    let mut order = guest::pickup(&app);
    order.mode = ::app::domain::terms::ServiceMode::DineIn;
    order.table = Some("Terrace 4".to_owned());
    order.contact.name = NAME.to_owned();
    let order = guest::place(&app, &order).await.unwrap();
    finished(&app, &order).await;
    guest::change(&app, "UPDATE restaurants SET retention_days = 7 WHERE restaurant_id = $1").await;
    app.at(later(6));
    assert_eq!(retention::sweep(&app.context).await.orders, 0);
    app.at(later(7).plus_minutes(60));
    assert_eq!(retention::sweep(&app.context).await.orders, 1);
    let page = orders::view(&app.context, &order.token).await.unwrap();
    assert!(page.removed_after_days == Some(7) && page.place.contains("Terrace 4"), "{page:?}");
    // A longer time later removes nothing sooner, a shorter one finds what came since.
    let later_order = {
        app.at(later(14));
        let order = guest::place(&app, &guest::pickup(&app)).await.unwrap();
        finished(&app, &order).await;
        order
    };
    guest::change(&app, "UPDATE restaurants SET retention_days = 3650 WHERE restaurant_id = $1").await;
    app.at(later(30));
    assert_eq!(retention::sweep(&app.context).await.orders, 0);
    guest::change(&app, "UPDATE restaurants SET retention_days = 10 WHERE restaurant_id = $1").await;
    app.at(later(31));
    assert_eq!(retention::sweep(&app.context).await.orders, 1);
    assert_eq!(orders::view(&app.context, &later_order.token).await.unwrap().removed_after_days, Some(10));
}

#[tokio::test]
async fn several_servers_at_once_remove_each_order_once() {
    let app = TestApp::start().await;
    let first = guest::place(&app, &named(&app, NAME)).await.unwrap();
    finished(&app, &first).await;
    // More than two batches.
    let copies = |table: &str, columns: &str, values: &str| {
        format!(
            "INSERT INTO {table} (restaurant_id, order_id, {columns}) SELECT restaurant_id, md5(n::text)::uuid, {values}
             FROM {table}, generate_series(1, 500) AS n WHERE restaurant_id = $1 AND order_id = '{}'",
            first.id
        )
    };
    let columns =
        "number, version, seq, status, payment, mode, placed_at, estimated_at, moved_at, guest_name, guest_phone,
        guest_email, place, note, currency, subtotal_minor, tip_minor, total_minor, menu_version, bill, reason_words";
    guest::change(&app, &copies("orders", &format!("token, {columns}"), &format!("'copy-' || n, {columns}"))).await;
    let columns = "position, item_id, variant_id, name, quantity, unit_minor, total_minor, snapshot";
    guest::change(&app, &copies("order_lines", columns, columns)).await;
    app.at(later(91));
    let servers = [app.second(), app.second(), app.second()];
    let done = futures::future::join_all(servers.iter().map(retention::sweep)).await;
    let removed: u64 = done.iter().map(|removed| removed.orders).sum();
    // Orders that one server left to another that has not committed yet is due again.
    let rest = retention::sweep(&app.context).await.orders;
    assert_eq!(removed + rest, 501, "{done:?} {rest}");
    assert_eq!(columns_with(&app, NAME).await, Vec::<String>::new());
}

#[tokio::test]
async fn mails_are_kept_for_a_month_after_they_were_sent() {
    let app = TestApp::start().await;
    let now = "to_timestamp(1795194000)";
    for statement in [
        format!(
            "INSERT INTO mails VALUES ('a', gen_random_uuid(), 'x', '', '', '', 1, {now}, {now}, {now} - interval '31 days')"
        ),
        format!(
            "INSERT INTO mails VALUES ('a', gen_random_uuid(), 'x', '', '', '', 1, {now}, {now}, {now} - interval '29 days')"
        ),
        format!(
            "INSERT INTO mails VALUES ('a', gen_random_uuid(), 'x', '', '', '', 1, {now}, {now} - interval '99 days', NULL)"
        ),
    ] {
        app.sql(&statement).await;
    }
    let removed = retention::sweep(&app.context).await;
    assert_eq!(removed.mails, 1, "{removed:?}");
    assert_eq!(app.count("mails").await, 2);
}
