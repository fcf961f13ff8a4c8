//! Delivery zones: their postcodes, and how guests see them.

use crate::web::site::{Browser, TestServer};
use serde_json::{Value, json};

/// The fee of a postcode's zone.
async fn fee(site: &TestServer, postcode: &str) -> Option<i64> {
    let lines = json!([{ "item": site.app.item("marinara"), "quantity": 9 }]);
    let asked = json!({ "lines": lines, "mode": "delivery", "postcode": postcode, "tip_minor": 0 });
    let answer = Browser::new().0.post(site.api("/quotes")).json(&asked).send().await.unwrap();
    let quote: Value = answer.json().await.unwrap();
    let rows = quote["bill"]["rows"].as_array()?;
    rows.iter().find(|row| row["kind"] == "delivery")?["amount"]["minor"].as_i64()
}

/// One zone with these areas, as stored by an older server or by this one.
async fn zone(site: &TestServer, areas: &str) {
    let zone = format!("UPDATE delivery_zones SET postcodes = '{areas}', free_from_minor = NULL, fee_minor = 190");
    site.app.sql(&zone).await;
}

async fn published(site: &TestServer) {
    site.app.sql("UPDATE restaurants SET menu_version = menu_version + 1").await;
    tokio::time::sleep(std::time::Duration::from_millis(1_100)).await;
}

#[tokio::test]
async fn a_district_takes_no_district_with_a_longer_number() {
    let site = TestServer::start().await;
    zone(&site, "{E1,N1}").await;
    published(&site).await;
    for postcode in ["E1 6AN", "e16an", "E1W 1AA", "N1 9GU"] {
        assert_eq!(fee(&site, postcode).await, Some(190), "{postcode}");
    }
    for postcode in ["E10 5AA", "E16 1AA", "E20 2ST", "N11 1AA", "N17 6AB", "EC1A 1BB"] {
        assert_eq!(fee(&site, postcode).await, None, "{postcode}");
    }
}

#[tokio::test]
async fn beginnings_and_ranges_are_told_to_guests() {
    let site = TestServer::start().await;
    zone(&site, "{10435,12*,10115-10119}").await;
    published(&site).await;
    for (postcode, taken) in [("10435", true), ("12049", true), ("10117", true), ("10120", false), ("10437", false)] {
        assert_eq!(fee(&site, postcode).await.is_some(), taken, "{postcode}");
    }
    let browser = Browser::new();
    let item = site.app.item("marinara").to_string();
    browser.post(&site.restaurant("/cart"), &[("action", "add"), ("item", &item), ("quantity", "1")]).await;
    browser.post(&site.restaurant("/cart"), &[("action", "mode"), ("mode", "delivery")]).await;
    let page = browser.page(&site.restaurant("/cart")).await;
    assert!(page.contains("10435, 12…, 10115–10119"), "{page}");
}

#[tokio::test]
async fn zones_of_before_go_on_meaning_what_they_meant() {
    let site = TestServer::start().await;
    zone(&site, "{104,10115,E1,\"M5V\",\"1012 AB\",E,\"00-9\",12*}").await;
    site.app.sql(include_str!("../../../migrations/0020_postcode_areas.sql")).await;
    published(&site).await;
    for postcode in ["10435", "10115", "E1 6AN", "M5V 2T6", "1012 AB", "E17 4PP", "00-950", "12049"] {
        assert_eq!(fee(&site, postcode).await, Some(190), "{postcode}");
    }
    for postcode in ["10535", "EC1A 1BB", "1012 AC"] {
        assert_eq!(fee(&site, postcode).await, None, "{postcode}");
    }
}
