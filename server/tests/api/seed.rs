//! Import of the demo, twice and with reset, and of generated restaurants.

use crate::app::TestApp;
use ::app::domain::{
    board::{MenuChange, SoldOut},
    restaurant::HomeQuery,
    role::Role,
};
use server::{demo, menus, restaurants};
use std::time::Instant;

#[tokio::test]
async fn imports_the_demo_once() {
    let app = TestApp::start().await;
    let sign_ins = demo::demo(&app.context, false).await.unwrap();
    assert_eq!(sign_ins.len(), 36);
    assert_eq!(sign_ins[0].email, "owner.luigis-hearth@toast.example");
    let before = app.count("items").await;
    assert!(before > 100, "{before}");
    assert_eq!(demo::demo(&app.context, false).await.unwrap(), sign_ins);
    assert_eq!(app.count("items").await, before);
    assert_eq!(app.count("staff_memberships").await, 36);
}

#[tokio::test]
async fn every_demo_restaurant_can_be_read() {
    let app = TestApp::start().await;
    let sign_ins = demo::demo(&app.context, false).await.unwrap();
    for sign_in in sign_ins.iter().filter(|sign_in| sign_in.role == Role::Owner) {
        let slug = sign_in.email.trim_start_matches("owner.").trim_end_matches("@toast.example");
        let page = menus::restaurant(&app.context, slug).await.unwrap();
        assert!(!page.menu.sections.is_empty(), "{slug}");
        assert!(!page.restaurant.hours.is_empty(), "{slug}");
        assert!(!page.restaurant.terms.modes.is_empty(), "{slug}");
    }
}

#[tokio::test]
async fn importing_again_keeps_edits_of_staff_until_reset() {
    let app = TestApp::start().await;
    let owner = app.demo_owner().await;
    let slug = &owner.restaurants[0].slug;
    let menu = menus::restaurant(&app.context, slug).await.unwrap().menu;
    let item = menu.sections[0].items[0].clone();
    let changes = [
        MenuChange::Price(item.variants[0].id, 12_345),
        MenuChange::ItemSoldOut(item.id, SoldOut::UntilStocked),
        MenuChange::RenameItem(item.id, "Something else".to_owned()),
    ];
    for change in &changes {
        menus::change(&app.context, &owner, slug, change).await.unwrap();
    }
    demo::demo(&app.context, false).await.unwrap();
    let edited = menus::restaurant(&app.context, slug).await.unwrap().menu;
    let (_, changed_item) = edited.item(item.id).unwrap();
    assert_eq!(changed_item.name, "Something else");
    assert_eq!(changed_item.variants[0].price.minor(), 12_345);
    demo::demo(&app.context, true).await.unwrap();
    let again = menus::restaurant(&app.context, slug).await.unwrap().menu;
    assert_eq!(again.item(item.id).unwrap().1, &item);
    assert!(again.version > edited.version);
}

#[tokio::test]
async fn says_what_is_wrong_with_a_file() {
    let app = TestApp::start().await;
    let wrong = TestApp::fixture("wrong-kitchen")
        .replace("Europe/Berlin", "Europe/Atlantis")
        .replace("key = \"marinara\"", "key = \"margherita\"")
        .replace("groups = [\"side\"]", "groups = [\"sauce\"]")
        .replace("days = \"sat,sun\"", "days = \"saturday\"");
    let said = demo::fixture(&app.context, &wrong).await.unwrap_err().to_string();
    for part in ["zone: Europe/Atlantis", "items: margherita is there twice", "items/steak: there is no group sauce"] {
        assert!(said.contains(part), "{part} is not in {said}");
    }
    assert!(said.contains("hours: saturday"), "{said}");
    let broken = demo::fixture(&app.context, "slug = 5").await.unwrap_err().to_string();
    assert!(broken.contains("fixture cannot be read"), "{broken}");
}

#[tokio::test]
async fn makes_the_same_restaurants_for_the_same_number() {
    let app = TestApp::start().await;
    assert_eq!(demo::generated(&app.context, 30, 7).await.unwrap(), 30);
    let (restaurants, items) = (app.count("restaurants").await, app.count("items").await);
    assert_eq!(restaurants, 31);
    assert!((30 * 40..=30 * 61).contains(&items), "{items}");
    assert_eq!(demo::generated(&app.context, 30, 7).await.unwrap(), 0);
    assert_eq!(app.count("items").await, items);
    assert_eq!(demo::generated(&app.context, 5, 8).await.unwrap(), 5);
}

/// Takes a minute or two: `cargo test -p server --test api -- --ignored at_scale --nocapture`.
#[tokio::test]
#[ignore = "plants ten thousand restaurants"]
async fn finds_at_scale() {
    let app = TestApp::start().await;
    let begun = Instant::now();
    assert_eq!(demo::generated(&app.context, 10_000, 1).await.unwrap(), 10_000);
    println!("imported 10 000 restaurants in {:?}", begun.elapsed());
    app.sql("ANALYZE").await;
    let texts = ["", "pizza", "marinara", "chicken berlin", "pizza diavola small", "margarita", "zzzzzz", "寿司"];
    for text in texts.into_iter().chain(texts) {
        let begun = Instant::now();
        let query = HomeQuery { text: text.to_owned(), ..HomeQuery::default() };
        let page = restaurants::home(&app.context, &query).await.unwrap();
        println!("{text:?}: {} found, partial {}, {:?}", page.restaurants.len(), page.partial, begun.elapsed());
    }
}
