//! The log of changes over HTTP: entries of the menu, in words, with both values.

use crate::{
    app::FRIDAY_EVENING,
    web::site::{Browser, TestServer},
};

/// Visible text, with one blank between parts.
fn text(page: &str) -> String {
    let main = page.split_once("<main").unwrap().1;
    let parts = main.split('<').filter_map(|part| part.split_once('>')).map(|(_, text)| text);
    let text = parts.collect::<Vec<_>>().join(" ").replace("&nbsp;", " ").replace('\u{a0}', " ");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[tokio::test]
async fn an_owner_reads_who_changed_the_menu() {
    let site = TestServer::start().await;
    let (owner, manager) = (Browser::new(), Browser::new());
    site.sign_in(&owner).await;
    site.sign_in_as(&manager, "manager").await;
    let (item, variant) = (site.app.item("marinara").to_string(), site.app.variant("marinara", "").to_string());
    let olives = site.app.modifier("toppings", "olives").to_string();
    let page = text(&owner.page(&site.dashboard("/log")).await);
    assert!(page.contains("Nothing was changed yet."), "{page}");
    let change = |change: &'static str, target: &str, value: &'static str| {
        let form =
            [("change", change), ("target", target), ("value", value)].map(|(k, v)| (k.to_owned(), v.to_owned()));
        let (manager, address) = (&manager, site.dashboard("/menu"));
        async move {
            let form: Vec<_> = form.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
            let response = manager.post(&address, &form).await;
            assert_eq!(response.status(), 303, "{change}");
        }
    };
    let steps: [(&'static str, &str, &'static str, &[&str]); 8] = [
        ("price", &variant, "77,70", &["Cook changed the price of Marinara", "Price : ", "€77.70"]),
        (
            "rename_item",
            &item,
            "Napoli & <b>",
            &["renamed the dish Marinara", "Marinara → changed to Napoli &amp; &lt;b&gt;"],
        ),
        ("describe_item", &item, "Anchovies", &["changed the description of Napoli", "changed to Anchovies"]),
        ("modifier_price", &olives, "1,75", &["changed the price of the choice Olives", "changed to €1.75"]),
        ("item_sold_out", &item, "until_stocked", &["can be ordered → changed to sold out"]),
        (
            "modifier_sold_out",
            &olives,
            "today",
            &["Olives State : can be ordered → changed to sold out until Sat 18:00"],
        ),
        ("move_item", &item, "-1", &["moved the dish Napoli", "Place : "]),
        ("pause", "", "15", &["paused orders, or took them again", "Orders : taken → changed to paused until 18:15"]),
    ];
    for (kind, target, value, parts) in steps {
        change(kind, target, value).await;
        let page = text(&owner.page(&site.dashboard("/log")).await);
        for part in parts {
            assert!(page.contains(part), "{kind}: no {part} in {page}");
        }
    }
    let entries = site.app.count("audit_log").await;
    change("pause", "", "15").await;
    change("describe_item", &item, "Anchovies").await;
    assert_eq!(site.app.count("audit_log").await, entries, "the same value is no change");
    assert_eq!(manager.get(&site.dashboard("/log")).await.status(), 403);
}

#[tokio::test]
async fn a_refused_change_leaves_no_entry() {
    let site = TestServer::start().await;
    let owner = Browser::new();
    site.sign_in(&owner).await;
    let variant = site.app.variant("marinara", "").to_string();
    let form = [("change", "price"), ("target", &*variant), ("value", "-1")];
    assert_eq!(owner.post(&site.dashboard("/menu"), &form).await.status(), 422);
    assert_eq!(site.app.count("audit_log").await, 0);
}

#[tokio::test]
async fn older_entries_are_on_further_pages_each_once() {
    let site = TestServer::start().await;
    let owner = Browser::new();
    site.sign_in(&owner).await;
    // Three every quarter of an hour from the evening back, across midnight of the restaurant.
    let at = FRIDAY_EVENING.millis() / 1000;
    site.app
        .sql(&format!(
            "INSERT INTO audit_log SELECT '{}', gen_random_uuid(), to_timestamp({at} - (number / 3) * 900), 'operator',
                 NULL, 'Olga', 'settings.unheard_of', 'entry ' || number || '.', 'null', '{{\"on\": true}}'
             FROM generate_series(1, 120) number",
            site.app.restaurant
        ))
        .await;
    let (mut address, mut seen) = (site.dashboard("/log"), Vec::new());
    loop {
        let page = owner.page(&address).await;
        let shown = text(&page);
        assert!(shown.contains("Olga (operator of Toast) changed settings unheard of"), "{shown}");
        let numbers = shown.match_indices("entry ").map(|(start, _)| shown[start + 6..].split('.').next().unwrap());
        seen.extend(numbers.map(|number| number.parse::<u32>().unwrap()));
        let next =
            page.split("href=\"").filter_map(|rest| rest.split('"').next()).find(|link| link.contains("before="));
        match next {
            Some(next) => address = site.url(&next.replace("&amp;", "&")),
            None => break,
        }
    }
    let mut sorted = seen.clone();
    sorted.sort_unstable();
    assert_eq!(sorted, (1..=120).collect::<Vec<_>>());
    assert!(seen.is_sorted_by_key(|number| number / 3), "{seen:?}");
    let first = text(&owner.page(&site.dashboard("/log")).await);
    assert!(first.contains("Friday, 20 November 2026") && !first.contains("There are no older changes"), "{first}");
    let wrong = owner.get(&site.dashboard("/log?before=yesterday")).await;
    assert_eq!(wrong.status(), 200);
}
