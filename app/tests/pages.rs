//! Tests of pages with fake services: status codes, structure, and escaping.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::assigning_clones)]

#[path = "shared/absent.rs"]
mod absent;
#[path = "pages/document.rs"]
mod document;
#[path = "pages/ended.rs"]
mod ended;
#[path = "pages/fake.rs"]
mod fake;
#[path = "shared/hostile.rs"]
mod hostile;
#[path = "pages/samples.rs"]
mod samples;

use app::{
    domain::error::{AppError, Problem},
    services::Submission,
};
use document::{Page, get, submit};
use samples::{HOSTILE, SLUG, TOKEN};
use std::collections::BTreeMap;

fn every_address() -> Vec<String> {
    let slug = SLUG;
    vec![
        "/".to_owned(),
        "/?q=zzz".to_owned(),
        "/?open=1&cuisine=pizza&diet=vegan&free_of=milk&near=52.5,13.4".to_owned(),
        format!("/restaurants/{slug}"),
        format!("/restaurants/{slug}/items/{}", samples::pizza().id),
        format!("/restaurants/{slug}/items/{}", samples::salad().id),
        format!("/restaurants/{slug}/cart"),
        format!("/restaurants/{slug}/checkout"),
        format!("/orders/{TOKEN}"),
        format!("/orders/{}", samples::REJECTED),
        format!("/orders/{}", samples::REJECTED_BY_CLOSED),
        format!("/orders/{}", samples::UNREADABLE),
        format!("/orders/{}", samples::UNREADABLE_STATE),
        format!("/restaurants/{slug}/cart?again={TOKEN}"),
        "/nowhere".to_owned(),
        "/restaurants/unknown".to_owned(),
    ]
}

#[tokio::test]
async fn pages_of_a_search_are_links_with_its_query() {
    let page = get("/?q=pizza+%26+caf%C3%A9&open=1&diet=vegan&near=52.5,13.4&page=2").await.html;
    let link = |rel: &str| {
        let anchor = page.split("<a").find(|anchor| anchor.contains(&format!("rel=\"{rel}\""))).unwrap();
        anchor.split("href=\"").nth(1).unwrap().split('"').next().unwrap().replace("&amp;", "&")
    };
    let query = |address: String| {
        let query = address.split_once('?').unwrap().1.to_owned();
        let mut pairs: Vec<_> = query.split('&').map(ToOwned::to_owned).collect();
        pairs.sort();
        pairs
    };
    let kept = ["diet=vegan", "near=52%2E5%2C13%2E4", "open=1"];
    assert!(page.contains("Page 2 of 3"));
    let (before, after) = (query(link("prev")), query(link("next")));
    assert!(after.contains(&"page=3".to_owned()) && !before.iter().any(|pair| pair.starts_with("page=")));
    for query in [before, after] {
        assert!(kept.iter().all(|pair| query.contains(&(*pair).to_owned())), "{query:?}");
        assert!(query.iter().any(|pair| pair.starts_with("q=pizza") && pair.ends_with("caf%C3%A9")), "{query:?}");
    }
}

#[tokio::test]
async fn unknown_things_are_404_and_lead_home() {
    let item = format!("/restaurants/{SLUG}/items/not-an-id");
    for address in ["/nowhere", "/restaurants/unknown", "/restaurants/unknown/cart", "/orders/unknown", item.as_str()] {
        let page = get(address).await;
        assert_eq!(page.status, 404, "{address}");
        assert!(page.html.contains("href=\"/\""), "{address}");
    }
}

#[tokio::test]
async fn known_things_are_200() {
    for address in every_address().iter().take(13) {
        assert_eq!(get(address).await.status, 200, "{address}");
    }
}

#[tokio::test]
async fn every_page_has_landmarks_one_title_and_one_heading() {
    for address in every_address() {
        let page = get(&address).await;
        for landmark in ["<main id=\"main\"", "<header", "<footer", "class=\"skip-link\"", "<title>"] {
            assert!(page.html.contains(landmark), "{address} lacks {landmark}");
        }
        assert_eq!(page.count("<h1"), 1, "{address}");
        assert!(page.headings_descend(), "{address}: {:?}", page.headings());
    }
}

#[tokio::test]
async fn every_field_has_a_name_for_screen_readers() {
    for address in every_address() {
        let page = get(&address).await;
        assert_eq!(page.unlabelled_fields(), Vec::<String>::new(), "{address}");
    }
}

#[tokio::test]
async fn ids_are_unique() {
    for address in every_address() {
        assert_eq!(get(&address).await.repeated_ids(), Vec::<String>::new(), "{address}");
    }
}

#[tokio::test]
async fn names_cannot_leave_their_place() {
    for address in every_address() {
        let page = get(&address).await;
        assert!(!page.html.contains(HOSTILE), "{address}");
        assert!(!page.html.contains("<script>alert"), "{address}");
        assert!(!page.tags().iter().any(|tag| tag.contains("onmouseover=\"alert")), "{address}");
    }
    assert!(get(&format!("/restaurants/{SLUG}")).await.html.contains("&lt;script"));
}

/// All texts of restaurants, menus, carts and orders, on a GET and after a rejected form.
#[tokio::test]
async fn no_text_becomes_markup_and_every_page_has_one_title() {
    let problems = vec![Problem::new("name", "required", hostile::NAME)];
    let typed = ["name", "phone", "email", "note", "street", "postcode", "city", "table", "tip", "tip_other", "due"];
    let fields = typed.map(|name| (name.to_owned(), vec![hostile::NAME.to_owned()]));
    let refused = Submission { fields: BTreeMap::from(fields), error: Some(AppError::Invalid { problems }) };
    for address in every_address() {
        for submission in [Submission::default(), refused.clone()] {
            let page = document::hostile(&address, submission).await;
            assert_eq!(hostile::escapes(&page.html), Vec::<String>::new(), "{address}");
        }
    }
    let order = document::hostile(&format!("/orders/{TOKEN}"), Submission::default()).await;
    assert!(order.html.contains("&lt;/noscript&gt;"), "the texts are there, as texts");
}

#[tokio::test]
async fn a_title_reads_as_it_was_written() {
    let page = document::hostile(&format!("/restaurants/{SLUG}"), Submission::default()).await;
    let title = page.between("<title>", "</title>").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
    assert_eq!(title, format!("{} · Menu and order · Toast", hostile::NAME));
}

#[tokio::test]
async fn the_content_security_policy_can_be_strict() {
    for address in every_address() {
        let page = get(&address).await;
        assert!(!page.html.contains(" style="), "{address}");
        assert!(!page.html.contains("<style"), "{address}");
        assert_eq!(page.inline_scripts(), Vec::<String>::new(), "{address}");
    }
}

#[tokio::test]
async fn a_restaurant_page_is_the_same_for_all_guests() {
    let address = format!("/restaurants/{SLUG}");
    assert_eq!(
        document::get_as(&address, None).await.html,
        document::get_as(&address, Some(samples::visitor())).await.html
    );
}

#[tokio::test]
async fn linked_data_names_the_menu_and_stays_in_its_element() {
    let page = get(&format!("/restaurants/{SLUG}")).await;
    let data: serde_json::Value =
        serde_json::from_str(page.between("<script type=\"application/ld+json\">", "</script>")).unwrap();
    assert_eq!(data["@type"], "Restaurant");
    assert_eq!(data["hasMenu"]["hasMenuSection"][0]["hasMenuItem"][0]["offers"]["priceCurrency"], "EUR");
    let hours = data["openingHoursSpecification"].as_array().unwrap();
    let words = hours.iter().map(|span| {
        assert_eq!(span["@type"], "OpeningHoursSpecification");
        let day = |day: &serde_json::Value| day.as_str().unwrap().trim_start_matches("https://schema.org/").to_owned();
        let days = span["dayOfWeek"].as_array().into_iter().flatten().map(day).collect::<Vec<_>>().join(" ");
        let from = span["validFrom"].as_str().unwrap_or_default();
        assert_eq!(span["validFrom"], span["validThrough"]);
        format!("{days}{from} {}–{}", span["opens"].as_str().unwrap(), span["closes"].as_str().unwrap())
    });
    let expected = [
        "Monday Tuesday Wednesday Thursday Friday 11:00–22:30",
        "Saturday Sunday 18:00–03:00",
        "2026-12-24 00:00–00:00",
        "2026-12-31 17:00–02:00",
    ];
    assert_eq!(words.collect::<Vec<_>>(), expected);
}

#[tokio::test]
async fn the_canonical_address_is_named_in_full_and_without_what_was_asked() {
    let address = format!("https://toast.example/restaurants/{SLUG}");
    for asked in [format!("/restaurants/{SLUG}"), format!("/restaurants/{SLUG}?mode=delivery&utm_source=x")] {
        let page = get(&asked).await;
        assert!(page.tag("rel=\"canonical\"").contains(&format!("href=\"{address}\"")), "{asked}");
        let data = page.between("<script type=\"application/ld+json\">", "</script>");
        assert_eq!(serde_json::from_str::<serde_json::Value>(data).unwrap()["url"], address.as_str());
    }
}

#[tokio::test]
async fn a_refused_checkout_comes_back_as_it_was_typed() {
    let problems = vec![
        Problem::new("name", "required", "Enter the name the order is called out by."),
        Problem::new("phone", "phone", "Enter a phone number."),
    ];
    let fields = BTreeMap::from([
        ("phone".to_owned(), vec!["12\"><b>x".to_owned()]),
        ("note".to_owned(), vec!["</textarea><script>alert(1)</script>".to_owned()]),
        ("mode".to_owned(), vec!["delivery".to_owned()]),
        ("tip".to_owned(), vec!["other".to_owned()]),
        ("tip_other".to_owned(), vec!["2,50".to_owned()]),
    ]);
    let submission = Submission { fields, error: Some(AppError::Invalid { problems }) };
    let page = submit(&format!("/restaurants/{SLUG}/checkout"), submission).await;
    assert_eq!(page.status, 422);
    assert!(page.html.contains("href=\"#name\""));
    assert!(page.html.contains("href=\"#phone\""));
    assert!(page.tag("id=\"phone\"").contains("aria-invalid=\"true\""));
    assert!(page.tag("id=\"phone\"").contains("aria-describedby=\"phone-problem reach-hint\""));
    assert!(page.tag("id=\"phone\"").contains("value=\"12&quot;"), "{}", page.tag("id=\"phone\""));
    assert!(page.html.contains("&lt;/textarea"));
    assert!(page.tag("id=\"mode-delivery\"").contains("checked"));
    assert!(page.html.contains("value=\"2,50\""));
    assert!(page.between("<title>", "</title>").starts_with("Problem: "));
}

#[tokio::test]
async fn phone_or_email_is_enough_for_eyes_and_screen_readers() {
    let page = get(&format!("/restaurants/{SLUG}/checkout")).await;
    for field in ["id=\"phone\"", "id=\"email\""] {
        let tag = page.tag(field);
        assert!(!tag.contains(" required"), "{tag}");
        assert!(tag.contains("aria-describedby=\"reach-hint\""), "{tag}");
    }
    assert!(page.tag("id=\"name\"").contains(" required"));
    assert!(page.between("id=\"reach-hint\"", "</p>").contains("One of them is enough."));
    // Neither is called optional: without both the order cannot be placed.
    assert!(!page.between("for=\"phone\"", "</label>").contains("optional"));
    assert!(!page.between("for=\"email\"", "</label>").contains("optional"));
}

#[tokio::test]
async fn a_line_break_at_the_start_of_a_text_stays() {
    let note = |text: &str| BTreeMap::from([("note".to_owned(), vec![text.to_owned()])]);
    let error = || Some(AppError::invalid("name", "required", "Enter the name the order is called out by."));
    let item = format!("/restaurants/{SLUG}/items/{}", samples::pizza().id);
    for address in [format!("/restaurants/{SLUG}/checkout"), item] {
        // HTML drops the first line break of a textarea, so one more is sent.
        for (typed, sent) in [("\r\nring twice", "\n\r\nring twice"), ("\n", "\n\n"), ("ring twice", "ring twice")] {
            let page = submit(&address, Submission { fields: note(typed), error: error() }).await;
            let content = page.between("<textarea", "</textarea>").split_once('>').unwrap().1;
            assert_eq!(content, sent, "{address}");
        }
    }
}

#[tokio::test]
async fn a_call_dials_what_is_meant() {
    for address in [format!("/restaurants/{SLUG}"), format!("/orders/{TOKEN}")] {
        let page = get(&address).await;
        assert!(page.html.contains("href=\"tel:+442079460018\""), "{address}");
    }
}

#[tokio::test]
async fn a_refused_dish_keeps_its_choices() {
    let pizza = samples::pizza();
    let fields = BTreeMap::from([
        ("variant".to_owned(), vec![pizza.variants[1].id.to_string()]),
        ("quantity".to_owned(), vec!["3".to_owned()]),
        ("note".to_owned(), vec!["well done".to_owned()]),
    ]);
    let error = AppError::invalid("", "too_few_modifiers", "Choose at least 1 from “Crust”.");
    let page =
        submit(&format!("/restaurants/{SLUG}/items/{}", pizza.id), Submission { fields, error: Some(error) }).await;
    assert_eq!(page.status, 422);
    assert!(page.html.contains("Choose at least 1 from “Crust”."));
    assert!(page.tag(&format!("value=\"{}\"", pizza.variants[1].id)).contains("checked"));
    assert!(page.tag("id=\"dish-quantity\"").contains("value=\"3\""));
    assert!(page.html.contains("well done"));
}

#[tokio::test]
async fn an_unreachable_shard_is_503_and_says_nothing_was_lost() {
    let page = get("/restaurants/unreachable").await;
    assert_eq!(page.status, 503);
    assert!(page.html.contains("Nothing was lost"));
    assert_eq!(page.header("retry-after"), Some("1"));
}

/// Writes all pages to the folder `TOAST_PAGES_OUT`, for inspection.
#[tokio::test]
async fn pages_can_be_looked_at() {
    let Ok(folder) = std::env::var("TOAST_PAGES_OUT") else { return };
    for (name, address) in [
        ("home", "/".to_owned()),
        ("nothing", "/?q=zzz".to_owned()),
        ("restaurant", format!("/restaurants/{SLUG}")),
        ("item", format!("/restaurants/{SLUG}/items/{}", samples::pizza().id)),
        ("cart", format!("/restaurants/{SLUG}/cart")),
        ("checkout", format!("/restaurants/{SLUG}/checkout")),
        ("order", format!("/orders/{TOKEN}")),
        ("404", "/nowhere".to_owned()),
    ] {
        let Page { html, .. } = get(&address).await;
        std::fs::write(format!("{folder}/{name}.html"), html).unwrap();
    }
}
